import type { Manifest } from '../schemas/manifest.ts';
import type { InferenceEngine, LoadedForest } from './inference-engine.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { type FeatureContract, mismatch, verifyBytes, verifyManifest } from './verify-model.ts';

/** A model whose manifest, features and bytes have been checked, ready to predict. */
export interface LoadedModel {
  readonly manifest: Manifest;
  readonly forest: LoadedForest;
}

/**
 * Reads one version from the object store and loads it, after checking its sha256 and its feature definition.
 *
 * @throws {ModelError} `model-mismatch` when a file is missing, damaged, or made for other features.
 */
export async function loadModel(
  objects: Pick<ObjectStore, 'get'>,
  engine: InferenceEngine,
  contract: FeatureContract,
  version: string,
): Promise<LoadedModel> {
  const [manifestObject, packedObject] = await Promise.all([
    objects.get(objectKeys.modelFile(version, 'manifest.json')),
    objects.get(objectKeys.modelFile(version, 'model.packed')),
  ]);
  if (!manifestObject) throw mismatch(version, 'manifest.json is not there');
  if (!packedObject) throw mismatch(version, 'model.packed is not there');

  const [text, packed] = await Promise.all([manifestObject.text(), packedObject.bytes()]);
  const manifest = verifyManifest(version, text, contract);
  await verifyBytes(manifest, 'model.packed', packed);
  return { manifest, forest: loadForest(engine, manifest, packed) };
}

function loadForest(engine: InferenceEngine, manifest: Manifest, packed: Uint8Array): LoadedForest {
  let forest: LoadedForest;
  try {
    forest = engine.loadPacked(packed);
  } catch (cause) {
    throw mismatch(manifest.version, `the engine refuses model.packed: ${messageOf(cause)}`, cause);
  }
  if (forest.featureCount !== manifest.feature_names.length) {
    const has = forest.featureCount;
    forest.dispose();
    throw mismatch(manifest.version, `it has ${has} features, its manifest ${manifest.feature_names.length}`);
  }
  return forest;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
