import { UserError } from '../errors/user-error.ts';
import { type Champion, championSchema } from '../schemas/manifest.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * `no-champion`: nothing is in service. `invalid-pointer`: the pointer cannot be read. `unknown-version`: no such model.
 * `incomplete`: a model whose files are missing or damaged. `nothing-before`: no earlier champion to go back to.
 * `conflict`: somebody else moved the pointer, or published a dataset, meanwhile.
 */
export type RegistryErrorCode =
  | 'no-champion'
  | 'invalid-pointer'
  | 'unknown-version'
  | 'incomplete'
  | 'nothing-before'
  | 'conflict';

/** Why a model was not put into service; the message says what to do. */
export class RegistryError extends UserError {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

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
 * Before anything is touched that the model in service depends on, for a version that is to be promoted. The write of the
 * pointer says the same again, when it costs more.
 *
 * @param before the pointer that was read, null where there was none
 * @param version what was made since
 * @throws {RegistryError} `conflict` when it is another now, or its hold is; `invalid-pointer`
 */
export async function requireUnmoved(
  store: Pick<ObjectStore, 'get'>,
  before: ReadPointer | null,
  version: string,
): Promise<void> {
  const now = await readPointer(store);
  if (now?.etag === before?.etag) return;
  if (!now || !before || !differInHoldAlone(now.champion, before.champion)) throw pointerConflict(version);
  const { hold } = now.champion;
  throw new RegistryError(
    'conflict',
    `the champion was ${hold ? `held meanwhile (${hold.reason})` : 'released meanwhile'}: ${version} is stored but ` +
      'not in service; promote it by hand or train again',
  );
}

/**
 * The same for a version that is refused: only the model that stays in service matters, and a hold changes nothing in it.
 *
 * @param before the pointer that was read, null where there was none
 * @param version what was made since
 * @throws {RegistryError} `conflict` when another champion is in service now, `invalid-pointer`
 */
export async function requireSameChampion(
  store: Pick<ObjectStore, 'get'>,
  before: ReadPointer | null,
  version: string,
): Promise<void> {
  const now = await readPointer(store);
  if (now?.champion.version !== before?.champion.version) throw pointerConflict(version);
}

function differInHoldAlone({ hold: one, ...now }: Champion, { hold: other, ...before }: Champion): boolean {
  return JSON.stringify(now) === JSON.stringify(before) && JSON.stringify(one) !== JSON.stringify(other);
}

/** A pointer that has been moved. */
export interface PointerMove {
  /** Why it is not known whether the version was pruned in the same moment; null where it was not. */
  readonly unverified: string | null;
}

/**
 * Writes the pointer over the one that was read: the one write that changes what is in service. A version that was pruned
 * since it was checked does not stay in service. Where that cannot be looked up, the pointer has moved all the same.
 *
 * @param before the pointer that was read, null where there was none
 * @throws {RegistryError} `conflict`, `incomplete`
 */
export async function writePointer(
  store: Pick<ObjectStore, 'get' | 'put'>,
  champion: Champion,
  before: ReadPointer | null,
): Promise<PointerMove> {
  const { version } = champion;
  const etag = await store.put(objectKeys.champion, JSON.stringify(champion), { etag: before?.etag ?? null });
  if (etag === null) throw pointerConflict(version);
  if (before === null) return { unverified: null };
  // Pruning removes a manifest and then looks at the pointer; this looks the other way round, so that one of both sees it.
  const seen = await has(store, objectKeys.modelFile(version, 'manifest.json'));
  if (seen instanceof Error) {
    return {
      unverified: `whether ${version} was pruned while it went into service is not known: ${seen.message}`,
    };
  }
  if (seen) return { unverified: null };
  await store.put(objectKeys.champion, JSON.stringify(before.champion), { etag });
  throw new RegistryError('incomplete', `${version} has been pruned meanwhile: train a new model`);
}

function pointerConflict(version: string): RegistryError {
  return new RegistryError(
    'conflict',
    `${objectKeys.champion} was changed by somebody else: ${version} is stored but not in service; ` +
      'look at what is in service now, then promote it or train again',
  );
}

/** Whether there is such an object, or the error for which that is not known. */
async function has(store: Pick<ObjectStore, 'get'>, key: string): Promise<boolean | Error> {
  try {
    return (await store.get(key)) !== null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
