/** Thrown for an entry of the spool whose files cannot be read, written or removed; names the folder and what to do. */
export class SpoolError extends Error {
  override name = 'SpoolError';
}

/**
 * Does something with the files of an entry.
 *
 * @param folder of the entry
 * @throws {SpoolError} instead of an error of the file system
 */
export async function withFilesOf<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SpoolError(`${folder}: ${reason}; if it stays so, delete the folder to give the entry up`, {
      cause,
    });
  }
}
