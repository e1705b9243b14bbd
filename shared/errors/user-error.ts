/**
 * Something that the user can put right: a command line shows it without a stack. What must not happen at all is any
 * other error, a `RangeError` for one, and keeps its stack.
 */
export class UserError extends Error {
  override name = 'UserError';

  /** What a command line shows. */
  get text(): string {
    return this.message;
  }
}

/** What a command line shows of an error before it ends. */
export function explainError(error: unknown): string {
  if (error instanceof UserError) return error.text;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
