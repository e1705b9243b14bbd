import { z } from 'zod';
import { UserError } from '../errors/user-error.ts';
import { type Hold, holdSchema } from '../schemas/manifest.ts';
import { sha256Hex } from '../sha256.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { type PublicationManifest, publicationSchema } from './publication.ts';

/**
 * `no-champion`: no model is in service. `invalid-pointer`: the pointer cannot be read. `unknown-version`: no such
 * model or publication. `incomplete`: files of the model are missing or damaged. `nothing-before`: nothing to roll back
 * to. `conflict`: another publication went into service meanwhile.
 */
export type RegistryErrorCode =
  | 'no-champion'
  | 'invalid-pointer'
  | 'unknown-version'
  | 'incomplete'
  | 'nothing-before'
  | 'conflict';

/** Why nothing was put into service; the message says what to do. */
export class RegistryError extends UserError {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const publicationRefSchema = z.object({ id: z.string(), sha256: z.string() });

const publicationEntrySchema = publicationRefSchema.extend({
  /** Version of its model; null without one. */
  model: z.string().nullable(),
  /** Fingerprint of its model's features; null where unknown. */
  feature_hash: z.string().nullable(),
  /** When the publication went into service. */
  since: z.iso.datetime(),
  /** When its model went into service; null without one. */
  promoted_at: z.iso.datetime().nullable(),
});
/** A publication that is or was in service. */
export type PublicationEntry = z.infer<typeof publicationEntrySchema>;

/**
 * R2 `publications/current.json`: what is in service. Going live and rolling back are one conditional write of this
 * object.
 */
export const publicationPointerSchema = z.object({
  schema_version: z.literal(1),
  current: publicationEntrySchema,
  /** Earlier publications, newest first, that can be rolled back to. */
  previous: z.array(publicationEntrySchema),
  /** Remains until released, whatever is put into service by hand meanwhile. */
  hold: holdSchema.optional(),
  /** A publication that serves a share of the requests; reserved. */
  challenger: publicationRefSchema.extend({ share: z.number().gt(0).lt(1) }).optional(),
  /** Models that pruning is removing, listed before their files are deleted so that nobody promotes one of them. */
  removing: z.array(z.string()).optional(),
});
export type PublicationPointer = z.infer<typeof publicationPointerSchema>;

/** The model in service, and its predecessors. */
export interface Champion {
  readonly version: string;
  readonly promoted_at: string;
  /** Earlier champions, newest first. */
  readonly previous: readonly { readonly version: string; readonly promoted_at: string }[];
  readonly hold?: Hold;
}

/** The pointer as read. */
export interface ReadPointer {
  readonly pointer: PublicationPointer;
  /** null while the publication in service has no model. */
  readonly champion: Champion | null;
  /** Etag for a conditional write; null in the old layout. */
  readonly etag: string | null;
}

/** Earlier publications that the pointer keeps. */
const REMEMBERED_PUBLICATIONS = 7;
/** Earlier champions that it keeps: beyond `KEPT`, the newest publication of each. */
const REMEMBERED_CHAMPIONS = 20;

/** The champions of a pointer: each model once, with the time at which it last went into service. */
export function championOf({ current, previous, hold }: PublicationPointer): Champion | null {
  if (current.model === null) return null;
  const champions = new Map<string, string>();
  for (const { model, promoted_at, since } of previous) {
    if (model !== null && model !== current.model && !champions.has(model)) {
      champions.set(model, promoted_at ?? since);
    }
  }
  return {
    version: current.model,
    promoted_at: current.promoted_at ?? current.since,
    previous: Array.from(champions, ([version, promoted_at]) => ({ version, promoted_at })),
    ...(hold && { hold }),
  };
}

/** The pointer after a publication has replaced `before`. */
export function advance(
  before: PublicationPointer | null,
  publication: Pick<PublicationEntry, 'id' | 'sha256' | 'model' | 'feature_hash'>,
  at: Date,
): PublicationPointer {
  const { id, sha256, model, feature_hash } = publication;
  const since = at.toISOString();
  const keepsModel = before !== null && before.current.model === model;
  const current: PublicationEntry = {
    ...{ id, sha256, model, feature_hash, since },
    promoted_at: keepsModel ? before.current.promoted_at : model === null ? null : since,
  };
  const earlier = before ? [before.current, ...before.previous] : [];
  return { ...kept(before), schema_version: 1, current, previous: remember(current, earlier) };
}

/** What stays in the pointer whatever goes into service. */
function kept(before: PublicationPointer | null): Partial<PublicationPointer> {
  const { hold, challenger, removing } = before ?? {};
  return { ...(hold && { hold }), ...(challenger && { challenger }), ...(removing && { removing }) };
}

/** The newest publications, and the newest of each earlier champion. @param earlier newest first */
function remember(current: PublicationEntry, earlier: readonly PublicationEntry[]): PublicationEntry[] {
  const champions = new Set<string>();
  const seen = new Set([current.id]);
  return earlier.filter(({ id, model }, index) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const isNewChampion = model !== null && model !== current.model && !champions.has(model);
    if (isNewChampion) champions.add(model);
    return index < REMEMBERED_PUBLICATIONS || (isNewChampion && champions.size <= REMEMBERED_CHAMPIONS);
  });
}

/**
 * The pointer after a rollback. Publications after the target are dropped, so that no later rollback returns to them.
 *
 * @param index of the target in `previous`
 * @param publication what goes into service: the target, or one made of parts of it
 */
export function goBack(
  before: PublicationPointer,
  index: number,
  publication: Pick<PublicationEntry, 'id' | 'sha256' | 'model' | 'feature_hash'>,
  at: Date,
): PublicationPointer {
  const left = { ...before, previous: before.previous.slice(index + 1) };
  const { current, previous } = advance(left, publication, at);
  return {
    ...kept(before),
    schema_version: 1,
    current,
    previous: previous.filter(({ id }) => id !== before.current.id),
  };
}

/**
 * Writes a publication's manifest; nothing points to it yet.
 *
 * @returns its entry for the pointer
 */
export async function writePublication(
  store: Pick<ObjectStore, 'put'>,
  manifest: PublicationManifest,
): Promise<Pick<PublicationEntry, 'id' | 'sha256' | 'model' | 'feature_hash'>> {
  const text = JSON.stringify(publicationSchema.parse(manifest));
  await store.put(objectKeys.publication(manifest.id), text);
  return {
    id: manifest.id,
    sha256: await sha256Hex(text),
    model: manifest.model?.version ?? null,
    feature_hash: manifest.model?.feature_hash ?? null,
  };
}

/** A publication's id: when it was made, and the start of the hash of its content. */
export async function publicationId(
  parts: Pick<PublicationManifest, 'dataset' | 'model' | 'forecasts'>,
  at: Date,
): Promise<string> {
  const hash = await sha256Hex(JSON.stringify([parts.dataset, parts.model, parts.forecasts]));
  return `${at.toISOString().slice(0, 19).replaceAll(':', '')}Z-${hash.slice(0, 8)}`;
}

/**
 * Writes the pointer over the version that was read: the single write that changes what is in service.
 *
 * @returns false, with nothing written, when it has changed since
 */
export async function writePointer(
  store: Pick<ObjectStore, 'put'>,
  pointer: PublicationPointer,
  before: Pick<ReadPointer, 'etag'> | null,
): Promise<boolean> {
  const text = JSON.stringify(publicationPointerSchema.parse(pointer));
  return (await store.put(objectKeys.current, text, { etag: before?.etag ?? null })) !== null;
}

/** Why a pointer was not written. @param next what to do after checking what is in service */
export function pointerConflict(next: string): RegistryError {
  return new RegistryError('conflict', `${objectKeys.current} was changed by another run or person: ${next}`);
}
