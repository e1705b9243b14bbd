import { createHash } from 'node:crypto';
import { type ModelFile, objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { type Manifest, manifestSchema } from '../../../shared/schemas/manifest.ts';
import type { TrainedModel } from '../evaluate/train-model.ts';

/** A model's version: when it was made, and the start of its hash, so that no two are equal. */
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
  model: Pick<TrainedModel, 'ubj' | 'packed'>,
  manifest: Manifest,
): Promise<void> {
  const key = (file: ModelFile) => objectKeys.modelFile(manifest.version, file);
  await store.put(key('model.ubj'), model.ubj);
  await store.put(key('model.packed'), model.packed);
  await store.put(key('manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
