import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { profileOf } from './data-profile.ts';

/**
 * Writes down what the next run compares its data with. The model is in service by then, so a failure is told and is no
 * failure of the run.
 */
export async function storeProfile(
  store: Pick<ObjectStore, 'put'>,
  history: Dataset,
  onNote: (note: string) => void,
): Promise<void> {
  try {
    await store.put(objectKeys.dataProfile, JSON.stringify(profileOf(history)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    onNote(
      `The profile of the data is not written (${reason}): the next run compares its data with those before.`,
    );
  }
}
