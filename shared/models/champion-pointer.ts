import { type Champion, championSchema } from '../schemas/manifest.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { RegistryError } from './registry-error.ts';

/** Earlier champions that the pointer remembers. */
const REMEMBERED = 20;

/** The pointer as it was read; `etag` is what a write over it must name. */
export interface ReadPointer {
  readonly champion: Champion;
  readonly etag: string;
}

/**
 * @returns null when nothing has been put into service yet
 * @throws {RegistryError} `invalid-pointer`
 */
export async function readPointer(store: Pick<ObjectStore, 'get'>): Promise<ReadPointer | null> {
  const object = await store.get(objectKeys.champion);
  if (!object) return null;
  try {
    return { champion: championSchema.parse(JSON.parse(await object.text())), etag: object.etag };
  } catch (cause) {
    throw new RegistryError(
      'invalid-pointer',
      `${objectKeys.champion} is not a champion pointer: delete it, then promote a model`,
      { cause },
    );
  }
}

/** The pointer after `version` has been promoted over `before`: every other champion is remembered, newest first. */
export function promoted(before: Champion | null, version: string, at: Date): Champion {
  const earlier = before
    ? [{ version: before.version, promoted_at: before.promoted_at }, ...before.previous]
    : [];
  return {
    version,
    promoted_at: at.toISOString(),
    previous: earlier.filter((entry) => entry.version !== version).slice(0, REMEMBERED),
    ...(before?.hold && { hold: before.hold }),
  };
}

/**
 * The pointer after going back to an earlier champion. What came after it is forgotten, so that nothing falls back to it.
 *
 * @param to an earlier champion; the one before the present one where it is left out
 * @throws {RegistryError} `nothing-before`
 */
export function rolledBack(before: Champion, to: string | undefined, at: Date): Champion {
  const index = to === undefined ? 0 : before.previous.findIndex(({ version }) => version === to);
  const target = before.previous[index];
  if (!target) {
    const known = before.previous.map(({ version }) => version).join(', ') || 'none';
    throw new RegistryError(
      'nothing-before',
      `there is no earlier champion ${to ?? `before ${before.version}`} to roll back to (known: ${known}); ` +
        'promote a stored version instead',
    );
  }
  return {
    version: target.version,
    promoted_at: at.toISOString(),
    previous: before.previous.slice(index + 1),
    ...(before.hold && { hold: before.hold }),
  };
}

/**
 * Writes the pointer over the one that was read: the one write that changes what is in service. A version that was pruned
 * since it was checked does not stay in service.
 *
 * @param before the pointer that was read, null where there was none
 * @throws {RegistryError} `conflict`, `incomplete`
 */
export async function writePointer(
  store: Pick<ObjectStore, 'get' | 'put'>,
  champion: Champion,
  before: ReadPointer | null,
): Promise<void> {
  const etag = await store.put(objectKeys.champion, JSON.stringify(champion), { etag: before?.etag ?? null });
  if (etag === null) {
    throw new RegistryError(
      'conflict',
      `${objectKeys.champion} was changed by somebody else: ${champion.version} is stored but not in service; ` +
        'look at what is in service now, then promote it again',
    );
  }
  // Pruning removes a manifest and then looks at the pointer; this looks the other way round, so that one of both sees it.
  if (before === null || (await store.get(objectKeys.modelFile(champion.version, 'manifest.json')))) return;
  await store.put(objectKeys.champion, JSON.stringify(before.champion), { etag });
  throw new RegistryError('incomplete', `${champion.version} has been pruned meanwhile: train a new model`);
}
