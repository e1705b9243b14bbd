/** The feature store or the object store failed or did not answer; `cause` is its own error. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(storage: string, cause: unknown) {
    super(`the ${storage} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
