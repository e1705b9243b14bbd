import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { isBucket } from './open-object-store.ts';

/** Thrown where a run could not publish what it is about to make; names the right that is missing and the fix. */
export class UnwritableStoreError extends Error {
  override readonly name = 'UnwritableStoreError';
}

/**
 * Writes an empty object and removes it again. A token that may only read is told from one that may write by nothing else,
 * and not after the minutes or hours of a training run.
 *
 * @param location what `--out` names
 * @throws {UnwritableStoreError} when one of both fails
 */
export async function probeWriting(
  store: Pick<ObjectStore, 'put' | 'delete'>,
  location: string,
): Promise<void> {
  try {
    await store.put(objectKeys.writeProbe, '');
    await store.delete(objectKeys.writeProbe);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // What an S3Error says names the fix already.
    const fix = isBucket(location) ? '' : '; name a directory that may be written to with --out';
    const message = `${location} cannot be published to, so nothing is trained: ${reason}${fix}`;
    throw new UnwritableStoreError(message, { cause });
  }
}
