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

/** What the operating system refuses for reasons outside the program, by its code. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; give a path that you may use, or change its owner',
  EPERM: 'not permitted; give a path that you may use',
  EROFS: 'the file system is read-only; give a path that can be written',
  ENOSPC: 'the disk is full; free some space and start again',
  EDQUOT: 'the disk quota is used up; free some space and start again',
  EEXIST: 'there is a file of that name; give another path',
  ENOTDIR: 'a part of the path is a file, not a directory; give another path',
  EISDIR: 'this is a directory, not a file; give another path',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
};

/** The text that a command line prints for an error before it exits. */
export function explainError(error: unknown): string {
  if (error instanceof UserError) return error.text;
  // What went wrong first is the cause of what went wrong while it was cleaned up.
  if (isSuppressed(error)) return explainError(error.suppressed);
  return (
    explainSystemError(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
  );
}

function isSuppressed(error: unknown): error is Error & { readonly suppressed: unknown } {
  return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
}

/** One line for an error of the file system; null for any other. */
function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  const reason = SYSTEM_ERRORS[String(error.code)];
  if (reason === undefined) return null;
  // A write knows its file's number only.
  if (!('path' in error)) return error.code === 'ENOSPC' ? `A file cannot be written: ${reason}.` : null;
  return `${String(error.path)}: ${reason}.`;
}
