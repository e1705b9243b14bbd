import { RegistryError, readPointer } from '../../../shared/artifacts/champion-pointer.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { Champion, Hold } from '../../../shared/schemas/manifest.ts';

/** A pointer that a hold was put on, or taken from. */
export interface HoldChange {
  readonly champion: Champion;
  /** The hold that was there; null for none. */
  readonly before: Hold | null;
}

/**
 * Holds the champion: from now on no training run replaces it by itself. A hold that is there gives way to the new one.
 *
 * @throws {RegistryError} `no-champion`, `invalid-pointer`, `conflict`
 */
export function holdChampion(store: Pick<ObjectStore, 'get' | 'put'>, hold: Hold): Promise<HoldChange> {
  return changeHold(store, hold);
}

/**
 * Lets training runs replace the champion again. A champion that is not held stays as it is.
 *
 * @throws {RegistryError} `no-champion`, `invalid-pointer`, `conflict`
 */
export function releaseChampion(store: Pick<ObjectStore, 'get' | 'put'>): Promise<HoldChange> {
  return changeHold(store, null);
}

async function changeHold(store: Pick<ObjectStore, 'get' | 'put'>, hold: Hold | null): Promise<HoldChange> {
  const pointer = await readPointer(store);
  if (!pointer)
    throw new RegistryError('no-champion', 'nothing is in service: promote a stored version first');
  const { hold: before = null, ...free } = pointer.champion;
  const champion: Champion = { ...free, ...(hold && { hold }) };
  if (hold === null && before === null) return { champion, before };
  const isWritten = await store.put(objectKeys.champion, JSON.stringify(champion), { etag: pointer.etag });
  if (isWritten !== null) return { champion, before };
  throw new RegistryError(
    'conflict',
    `${objectKeys.champion} was changed by somebody else: look at what is in service now, then try again`,
  );
}
