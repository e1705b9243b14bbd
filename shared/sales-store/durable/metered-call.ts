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

/**
 * Columns of numbers, which JSON does not know, on their way through it: for `JSON.stringify` and `JSON.parse`.
 */

/** Writes a typed array as an object with the name of its kind. */
export function replaceColumns(_: string, value: unknown): unknown {
  if (value instanceof Int32Array) return { int32: [...value] };
  return value instanceof Uint16Array ? { uint16: [...value] } : value;
}

/** The inverse of `replaceColumns`. */
export function reviveColumns(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('int32' in value) return Int32Array.from(value.int32 as number[]);
  return 'uint16' in value ? Uint16Array.from(value.uint16 as number[]) : value;
}
