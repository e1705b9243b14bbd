/** The body of a request to the metered store: one call of it. */
export interface MeteredCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Its answer, as the object gives it, and what the call took. */
export interface MeteredAnswer {
  readonly answer: unknown;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}
