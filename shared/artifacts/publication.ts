/**
 * A publication: the dataset and the model that go into service together. Its objects are immutable and named by their
 * content; one immutable manifest lists them, and one pointer (publication-pointer.ts) names the publication in
 * service. A reader that holds a publication never mixes parts of two.
 *
 * @module
 */
import { z } from 'zod';
import { isoDateSchema } from '../schemas/catalog.ts';
import { sha256Hex } from '../sha256.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { InvalidObjectError, parseObject } from './parse-object.ts';

const objectRefSchema = z.object({
  key: z.string().min(1),
  /** In hex; null in the old layout, where hashes are unknown. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
/** Where an object is, and the hash of its content. */
export type ObjectRef = z.infer<typeof objectRefSchema>;

/** R2 `publications/<id>.json`. */
export const publicationSchema = z.object({
  schema_version: z.literal(1),
  id: z.string().regex(/^[A-Za-z0-9._-]+$/),
  created_at: z.iso.datetime(),
  /** null while only a model is published. */
  dataset: z
    .object({
      name: z.string(),
      live_from: isoDateSchema,
      last_date: isoDateSchema,
      /** By name (`datasetNames`). */
      objects: z.record(z.string(), objectRefSchema),
    })
    .nullable(),
  /** null while no model has passed the gate. */
  model: z
    .object({
      version: z.string(),
      /** Fingerprint of its training features. */
      feature_hash: z.string(),
      /** By file; `manifest.json` and `model.packed` are always present. */
      objects: z.record(z.string(), objectRefSchema),
    })
    .nullable(),
  /** Forecasts of every series, made at publication; null if the model could not be served then. */
  forecasts: z
    .object({ origin: isoDateSchema, model_version: z.string(), object: objectRefSchema })
    .nullable(),
});
export type PublicationManifest = z.infer<typeof publicationSchema>;
export type PublishedDatasetPart = NonNullable<PublicationManifest['dataset']>;
export type PublishedModelPart = NonNullable<PublicationManifest['model']>;

/** The objects of a publication's dataset by their names (`datasetNames`). */
export interface DatasetObjects {
  /** @returns null for a name that the publication does not have. */
  get(name: string): Promise<StoredObject | null>;
}

/** A verified publication. */
export interface Publication {
  readonly id: string;
  readonly model: PublishedModelPart | null;
  readonly forecasts: PublicationManifest['forecasts'];
  readonly dataset: DatasetObjects;
  /** Identifies the version of a dataset object without reading it; null if it does not exist. */
  versionOf(name: string): string | null;
}

/** The read access to an object store that readers need. */
export type ObjectReader = Pick<ObjectStore, 'get'>;

/**
 * The manifest last read from each object store. A Worker asks for the same one in every run, and reading, hashing and
 * parsing it takes longer than the rest of a producer run. A manifest never changes under its hash.
 */
const lastRead = new WeakMap<
  ObjectReader,
  { readonly sha256: string; readonly manifest: PublicationManifest }
>();

/**
 * Reads a publication's manifest.
 *
 * @param entry what the pointer says of it
 * @throws {InvalidObjectError} when it is missing or not the one that the pointer names
 */
export async function readPublicationManifest(
  store: ObjectReader,
  { id, sha256 }: { readonly id: string; readonly sha256: string },
): Promise<PublicationManifest> {
  const known = lastRead.get(store);
  if (known?.sha256 === sha256) return known.manifest;
  const key = objectKeys.publication(id);
  const object = await readRef(store, { key, sha256 });
  // The hash covers what `publicationSchema` has written.
  const manifest = parseObject(await object.text(), key) as unknown as PublicationManifest;
  lastRead.set(store, { sha256, manifest });
  return manifest;
}

/** Opens a manifest for reading: objects of its dataset by name, each checked against its hash. */
export function openPublicationManifest(store: ObjectReader, manifest: PublicationManifest): Publication {
  const { id, dataset, model, forecasts } = manifest;
  const refOf = (name: string): ObjectRef | null => dataset?.objects[name] ?? null;
  return {
    id,
    model,
    forecasts,
    dataset: {
      get: async (name) => {
        const ref = refOf(name);
        return ref && readRef(store, ref, name);
      },
    },
    versionOf: (name) => {
      const ref = refOf(name);
      return ref && (ref.sha256 ?? `${id}/${ref.key}`);
    },
  };
}

/**
 * Reads an object of a publication and checks it against its hash.
 *
 * @param name for error messages
 * @throws {InvalidObjectError} when it is missing or its content differs
 */
export async function readRef(
  store: ObjectReader,
  { key, sha256 }: ObjectRef,
  name: string = key,
): Promise<StoredObject> {
  const what = name === key ? key : `${name} (${key})`;
  const object = await store.get(key);
  if (!object) {
    throw new InvalidObjectError(`${what}: a publication names it, but it is missing; publish again`);
  }
  if (sha256 === null) return object;
  const bytes = await object.bytes();
  const actual = await sha256Hex(bytes);
  if (actual !== sha256) {
    throw new InvalidObjectError(
      `${what}: has the sha256 ${actual} instead of ${sha256}; delete it and publish again`,
    );
  }
  return {
    etag: sha256,
    bytes: () => Promise.resolve(bytes),
    text: () => Promise.resolve(new TextDecoder().decode(bytes)),
  };
}

/** Every key that a publication needs, its own manifest included. */
export function keysOf({ id, dataset, model, forecasts }: PublicationManifest): string[] {
  const refs = [
    ...Object.values(dataset?.objects ?? {}),
    ...Object.values(model?.objects ?? {}),
    ...(forecasts ? [forecasts.object] : []),
  ];
  return [objectKeys.publication(id), ...refs.map(({ key }) => key)];
}

/** Whether two publications have the same dataset. */
export function hasSameDataset(one: PublicationManifest, other: PublicationManifest): boolean {
  return JSON.stringify(one.dataset) === JSON.stringify(other.dataset);
}
