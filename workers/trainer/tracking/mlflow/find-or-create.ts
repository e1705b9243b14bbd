import { type MlflowConnection, pause } from './connection.ts';
import { hasCode, MlflowError } from './mlflow-error.ts';

/**
 * Creates what is not there, once: a create whose reply was lost may have happened, so before another try it is looked
 * for again.
 *
 * @throws {MlflowError}
 */
export async function findOrCreate<T>(
  connection: MlflowConnection,
  find: () => Promise<T | null>,
  create: () => Promise<T>,
): Promise<T> {
  for (let failed = 0; ; ) {
    const found = await find();
    if (found !== null) return found;
    try {
      return await create();
    } catch (error) {
      failed++;
      const isThereNow = hasCode(error, 'RESOURCE_ALREADY_EXISTS');
      const mayTry = isThereNow || (error instanceof MlflowError && error.mayPass);
      if (!mayTry || failed >= connection.tries || connection.signal?.aborted) throw error;
      if (!isThereNow) await pause(connection, failed);
    }
  }
}
