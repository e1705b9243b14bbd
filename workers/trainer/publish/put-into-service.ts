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

/** What a publication is made of. */
export type PublicationParts = Pick<PublicationManifest, 'dataset' | 'model' | 'forecasts'>;

/**
 * Reads the pointer in order to write over it. What a store from before there were publications holds gets its manifests
 * first; the pointer to them is written with whatever goes into service next.
 *
 * @param read the pointer as it was read before; read now where it is left out
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

/** What is in service, part by part; nothing where nothing is. */
export async function readPartsInService(
  store: Pick<ObjectStore, 'get' | 'list'>,
  before: ReadPointer | null,
): Promise<PublicationParts> {
  if (!before) return { dataset: null, model: null, forecasts: null };
  return readManifest(store, before.pointer.current);
}

/** The part of a publication that a stored model is. */
export async function modelPartOf(
  store: Pick<ObjectStore, 'get'>,
  { version, feature_hash, files }: Manifest,
): Promise<PublishedModelPart> {
  const key = objectKeys.modelFile(version, 'manifest.json');
  const text = await (await store.get(key))?.text();
  if (text === undefined)
    throw new RegistryError('unknown-version', `${key} is not there: train a new model`);
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
  /** The pointer that the publication was made over; null where there was none. */
  readonly before: ReadPointer | null;
  readonly at: Date;
  /** Whether its model replaces the one before: then a hold that was set or lifted meanwhile stops it. */
  readonly replacesModel: boolean;
  /** What does not go into service, should it be overtaken. */
  readonly what: string;
}

/**
 * Puts a publication into service whose manifest is written: one conditional write of the pointer. What is there by then
 * must be what was there when the publication was made; only a hold, or what pruning has written, may have come between.
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

/** Why something does not go into service that was made over another pointer. */
export function overtaken(what: string): RegistryError {
  return pointerConflict(
    `${what} is stored but not in service; check what is in service now, then promote it or train again`,
  );
}

/** Why a model cannot be promoted any more that pruning has chosen to remove. */
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

/** Changes a pointer in place, whatever it points to. @throws {RegistryError} `conflict`, `no-champion` */
export async function changePointer(
  store: ObjectStore,
  change: (pointer: PublicationPointer) => PublicationPointer | null,
): Promise<{ readonly before: PublicationPointer; readonly after: PublicationPointer }> {
  const read = await readPointerToWrite(store);
  if (!read) throw new RegistryError('no-champion', 'nothing is in service: promote a stored version first');
  const after = change(read.pointer);
  if (after === null) return { before: read.pointer, after: read.pointer };
  if (!(await writePointer(store, after, read))) {
    throw pointerConflict('look at what is in service now, then try again');
  }
  return { before: read.pointer, after };
}
