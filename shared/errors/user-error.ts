/**
 * An error that the user can correct: a command line shows it without a stack. A bug is any other error, such as a
 * `RangeError`, and keeps its stack.
 */
export class UserError extends Error {
  override name = 'UserError';

  /** The text that a command line prints. */
  get text(): string {
    return this.message;
  }
}

/** The text that a command line prints for an error before it exits. */
export function explainError(error: unknown): string {
  if (error instanceof UserError) return error.text;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
