import { createHash } from 'node:crypto';
import { type ModelFile, objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import {
  type Champion,
  championSchema,
  type Manifest,
  manifestSchema,
} from '../../../shared/schemas/manifest.ts';
import type { TrainedModel } from '../train-model.ts';

/** Earlier champions that the pointer remembers. */
const REMEMBERED = 20;

/** Thrown when somebody else moved the champion pointer meanwhile. */
export class PromotionConflictError extends Error {
  override name = 'PromotionConflictError';
}

/** A model's name: when it was made, and the start of its hash, so that two never share one. */
export function modelVersion(ubj: Uint8Array, createdAt: Date): string {
  return `${createdAt.toISOString().slice(0, 19).replaceAll(':', '')}Z-${sha256(ubj).slice(0, 8)}`;
}

/** Completes a trained model's manifest. */
export function createManifest(model: TrainedModel, version: string, createdAt: Date): Manifest {
  const fact = (bytes: Uint8Array) => ({ sha256: sha256(bytes), bytes: bytes.byteLength });
  return manifestSchema.parse({
    ...model.description,
    version,
    created_at: createdAt.toISOString(),
    files: { 'model.ubj': fact(model.ubj), 'model.packed': fact(model.packed) },
  } satisfies Manifest);
}

/** Writes a model's files, the manifest last. Nothing points to them yet. */
export async function storeModel(
  store: Pick<ObjectStore, 'put'>,
  model: TrainedModel,
  manifest: Manifest,
): Promise<void> {
  const key = (file: ModelFile) => objectKeys.modelFile(manifest.version, file);
  await store.put(key('model.ubj'), model.ubj);
  await store.put(key('model.packed'), model.packed);
  await store.put(key('manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
}

/**
 * Points the champion to a stored model: the one write that puts it into service.
 *
 * @throws {PromotionConflictError}
 */
export async function promoteModel(
  store: Pick<ObjectStore, 'get' | 'put'>,
  version: string,
  promotedAt: Date,
): Promise<Champion> {
  const current = await store.get(objectKeys.champion);
  const before = current ? championSchema.parse(JSON.parse(await current.text())) : null;
  const previous = before
    ? [{ version: before.version, promoted_at: before.promoted_at }, ...before.previous]
    : [];
  const champion: Champion = {
    version,
    promoted_at: promotedAt.toISOString(),
    previous: previous.slice(0, REMEMBERED),
  };
  const written = await store.put(objectKeys.champion, JSON.stringify(champion), {
    etag: current?.etag ?? null,
  });
  if (written === null) {
    throw new PromotionConflictError(
      `${objectKeys.champion} was changed by somebody else: ${version} is stored but not in service; promote it again`,
    );
  }
  return champion;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
