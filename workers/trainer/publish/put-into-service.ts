import { readManifest, readManifests, readPointer } from '../../../shared/artifacts/current-publication.ts';
import { isLegacy } from '../../../shared/artifacts/legacy-publication.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { PublicationManifest, PublishedModelPart } from '../../../shared/artifacts/publication.ts';
import {
  advance,
  type PublicationEntry,
  type PublicationPointer,
  pointerConflict,
  publicationId,
  type ReadPointer,
  RegistryError,
  writePointer,
  writePublication,
} from '../../../shared/artifacts/publication-pointer.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { sha256Hex } from '../../../shared/sha256.ts';

/** The parts of a publication. */
export type PublicationParts = Pick<PublicationManifest, 'dataset' | 'model' | 'forecasts'>;

/**
 * Reads the pointer for a conditional write. The old layout gets its manifests first; the pointer to them is written
 * with whatever goes into service next.
 *
 * @param read the pointer as read before; default: read now
 * @throws {RegistryError} `invalid-pointer`
 */
export async function readPointerToWrite(
  store: ObjectStore,
  read?: ReadPointer | null,
): Promise<ReadPointer | null> {
  const before = read === undefined ? await readPointer(store) : read;
  if (!before) return null;
  const { pointer } = before;
  const legacy = [pointer.current, ...pointer.previous].filter(isLegacy);
  const written = await Promise.all(
    (await readManifests(store, legacy)).map((manifest) => writePublication(store, manifest)),
  );
  const settle = (entry: PublicationEntry) => ({ ...entry, ...written.find(({ id }) => id === entry.id) });
  return {
    ...before,
    pointer: { ...pointer, current: settle(pointer.current), previous: pointer.previous.map(settle) },
  };
}

/** The parts in service; none if nothing is in service. */
export async function readPartsInService(
  store: Pick<ObjectStore, 'get' | 'list'>,
  before: ReadPointer | null,
): Promise<PublicationParts> {
  if (!before) return { dataset: null, model: null, forecasts: null };
  return readManifest(store, before.pointer.current);
}

/** A stored model as the part of a publication. */
export async function modelPartOf(
  store: Pick<ObjectStore, 'get'>,
  { version, feature_hash, files }: Manifest,
): Promise<PublishedModelPart> {
  const key = objectKeys.modelFile(version, 'manifest.json');
  const text = await (await store.get(key))?.text();
  if (text === undefined) throw new RegistryError('unknown-version', `${key} is missing: train a new model`);
  const refs = Object.entries(files).map(
    ([file, { sha256 }]) => [file, { key: `${objectKeys.models}${version}/${file}`, sha256 }] as const,
  );
  const manifest = { key, sha256: await sha256Hex(text) };
  return { version, feature_hash, objects: { 'manifest.json': manifest, ...Object.fromEntries(refs) } };
}

/** Writes the manifest of a publication; nothing points to it yet. */
export async function writeParts(
  store: Pick<ObjectStore, 'put'>,
  parts: PublicationParts,
  at: Date,
): Promise<Pick<PublicationEntry, 'id' | 'sha256' | 'model' | 'feature_hash'>> {
  const { dataset, model, forecasts } = parts;
  const id = await publicationId(parts, at);
  const created_at = at.toISOString();
  return writePublication(store, { schema_version: 1, id, created_at, dataset, model, forecasts });
}

export interface Service {
  /** The pointer on which the publication is based; null without one. */
  readonly before: ReadPointer | null;
  readonly at: Date;
  /** Whether its model replaces the champion: then a hold set or released meanwhile stops it. */
  readonly replacesModel: boolean;
  /** What stays out of service in a conflict. */
  readonly what: string;
}

/**
 * Puts a publication whose manifest is written into service, with one conditional write of the pointer. The pointer
 * must still be the one on which the publication is based; only a hold, or marks of pruning, may have been added.
 *
 * @throws {RegistryError} `conflict`
 */
export async function putIntoService(
  store: Pick<ObjectStore, 'get' | 'put'>,
  parts: Pick<PublicationEntry, 'id' | 'sha256' | 'model' | 'feature_hash'>,
  { before, at, replacesModel, what }: Service,
): Promise<PublicationPointer> {
  for (let over = before; ; ) {
    const pointer = advance(over?.pointer ?? null, parts, at);
    if (await writePointer(store, pointer, over)) return pointer;
    const now = await readPointer(store);
    if (!now || now.etag === over?.etag || !isSameService(now, before)) throw overtaken(what);
    const { hold, removing } = now.pointer;
    if (replacesModel && !isEqual(hold, before?.pointer.hold)) {
      const change = hold ? `held meanwhile (${hold.reason})` : 'released meanwhile';
      throw new RegistryError(
        'conflict',
        `the champion was ${change}: ${what} is stored but not in service; promote it by hand or train again`,
      );
    }
    if (parts.model !== null && removing?.includes(parts.model)) throw beingRemoved(parts.model);
    over = now;
  }
}

/** Why a publication based on another pointer does not go into service. */
export function overtaken(what: string): RegistryError {
  return pointerConflict(
    `${what} is stored but not in service; check what is in service now, then promote it or train again`,
  );
}

/** Why a model that pruning is removing cannot be promoted. */
export function beingRemoved(version: string): RegistryError {
  return new RegistryError('unknown-version', `${version} is being removed by pruning: train a new model`);
}

function isSameService(now: ReadPointer, before: ReadPointer | null): boolean {
  const idsOf = ({ pointer }: ReadPointer) => [pointer.current, ...pointer.previous].map(({ id }) => id);
  return before !== null && isEqual(idsOf(now), idsOf(before));
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Changes fields of a pointer, whatever it points to. @throws {RegistryError} `conflict`, `no-champion` */
export async function changePointer(
  store: ObjectStore,
  change: (pointer: PublicationPointer) => PublicationPointer | null,
): Promise<{ readonly before: PublicationPointer; readonly after: PublicationPointer }> {
  const read = await readPointerToWrite(store);
  if (!read) throw new RegistryError('no-champion', 'nothing is in service: promote a stored version first');
  const after = change(read.pointer);
  if (after === null) return { before: read.pointer, after: read.pointer };
  if (!(await writePointer(store, after, read))) {
    throw pointerConflict('check what is in service now, then try again');
  }
  return { before: read.pointer, after };
}
