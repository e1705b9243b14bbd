import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';

/** Objects written at the same time. */
const IN_FLIGHT = 8;

/** An object to write; its content is made when its turn comes, so that few are in memory at the same time. */
export interface ObjectToWrite {
  readonly key: string;
  readonly build: () => Uint8Array | string;
}

export interface WriteReport {
  readonly written: number;
  /** Left as they were, because their content is the same. */
  readonly unchanged: number;
}

/**
 * Writes objects, a few at a time and in no order, but for those whose content is stored already: R2 bills every write.
 * The first failure ends it, once the writes under way have ended.
 *
 * @param isStored whether this very content is stored under that key
 * @param onDone called after each object
 */
export async function writeObjects(
  store: Pick<ObjectStore, 'put'>,
  objects: readonly ObjectToWrite[],
  isStored: (key: string, body: Uint8Array | string) => boolean,
  onDone: () => void,
): Promise<WriteReport> {
  const queue = objects.values();
  let written = 0;
  let unchanged = 0;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const { key, build } of queue) {
      if (hasFailed) return;
      const body = build();
      if (isStored(key, body)) unchanged++;
      else {
        await store.put(key, body);
        written++;
      }
      onDone();
    }
  };
  const failOnce = (error: unknown): never => {
    hasFailed = true;
    throw error;
  };
  const results = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, () => work().catch(failOnce)));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  return { written, unchanged };
}
