/** Whether an error is the operating system's, with one of these codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => error.code === code);
}

/** Whether a file could not be opened because it, or a directory on its path, does not exist. */
export function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR');
}

/**
 * For `.catch()` after opening a file: returns the fallback if there is no such file. Other errors, such as a missing
 * permission or a faulty disk, are rethrown.
 */
export function ifAbsent<T>(fallback: T): (error: unknown) => T {
  return (error) => {
    if (isAbsent(error)) return fallback;
    throw error;
  };
}
