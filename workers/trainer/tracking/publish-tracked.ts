import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { readInService } from '../models/in-service.ts';
import type { FinishedTraining, Tracker } from './tracker.ts';

/**
 * Publishes what a training run made, so that the tracking server hears of it whatever happens: the run is kept on disk
 * before the champion pointer can move, and sent afterwards with what became of it. A process that is killed in between
 * leaves it to the next run.
 *
 * @throws whatever `publish` throws, once that has been told, too
 */
export async function publishTracked<T>(
  tracker: Tracker | undefined,
  training: FinishedTraining,
  store: Pick<ObjectStore, 'get'>,
  publish: () => Promise<T>,
): Promise<T> {
  const kept = await tracker?.keepTraining(training);
  const end = async (failure: Error | null) =>
    kept?.finish({ readInService: () => readInService(store), failure });
  let published: T;
  try {
    published = await publish();
  } catch (error) {
    await end(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await end(null);
  return published;
}
