import { at } from '../at.ts';
import { messageOf } from '../errors/message-of.ts';
import { UserError } from '../errors/user-error.ts';
import { FEATURE_FINGERPRINT, FEATURE_NAMES, HORIZON } from '../features/index.ts';
import type { InferenceEngine, LoadedForest } from '../forecast/inference-engine.ts';
import { type Manifest, manifestSchema } from '../schemas/manifest.ts';
import { sha256Hex } from '../sha256.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';

/** `no-model`: nothing is published. `model-mismatch`: this release cannot serve the published model. */
export type ModelErrorCode = 'no-model' | 'model-mismatch';

/** Why no model can be served; the message says what is wrong and how to fix it. */
export class ModelError extends UserError {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What the serving code computes; a model trained for anything else must not be served. */
export interface FeatureContract {
  readonly names: readonly string[];
  /** `FEATURE_FINGERPRINT` of the code. */
  readonly hash: string;
  /** Days ahead, h = 1..horizon. */
  readonly horizon: number;
}

/** The contract of this release. */
export const FEATURE_CONTRACT: FeatureContract = {
  names: FEATURE_NAMES,
  hash: FEATURE_FINGERPRINT,
  horizon: HORIZON,
};

/** @throws {ModelError} `model-mismatch` unless the text is a manifest with these feature definitions */
export function verifyManifest(version: string, text: string, contract: FeatureContract): Manifest {
  const parsed = manifestSchema.safeParse(parseJson(version, text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw mismatch(version, `its manifest is not valid at "${issue?.path.join('.')}": ${issue?.message}`);
  }
  const manifest = parsed.data;
  if (manifest.version !== version) throw mismatch(version, `its manifest is that of ${manifest.version}`);
  verifyFeatures(manifest, contract);
  verifyConformal(manifest, contract.horizon);
  verifyPromotionResponse(manifest);
  return manifest;
}

function verifyFeatures({ version, feature_names, feature_hash }: Manifest, contract: FeatureContract): void {
  const differs = contract.names.findIndex((name, index) => name !== feature_names[index]);
  if (differs >= 0 || feature_names.length !== contract.names.length) {
    const index = differs >= 0 ? differs : contract.names.length;
    const served = contract.names[index] ?? 'none';
    const trained = feature_names[index] ?? 'none';
    throw mismatch(version, `feature ${index} is ${trained} in the model and ${served} here; train it again`);
  }
  if (feature_hash !== contract.hash) {
    throw mismatch(
      version,
      `it was trained with feature fingerprint ${feature_hash}, this release has ${contract.hash}; train it again`,
    );
  }
}

function verifyConformal({ version, horizon, conformal }: Manifest, wantedHorizon: number): void {
  if (horizon !== wantedHorizon) {
    throw mismatch(version, `it forecasts ${horizon} days, ${wantedHorizon} are wanted; train it again`);
  }
  const { class_bounds, cumulative = {}, ...daily } = conformal;
  const classes = class_bounds.length + 1;
  const named = (of: Record<string, number[][]>, prefix: string) =>
    Object.entries(of).map(([name, rows]) => ({ name: `${prefix}${name}`, rows }));
  for (const { name, rows } of [
    ...named(daily, 'conformal.'),
    ...named(cumulative, 'conformal.cumulative.'),
  ]) {
    if (rows.length !== classes || rows.some((row) => row.length !== horizon)) {
      throw mismatch(version, `${name} must have ${classes} rows of ${horizon} values`);
    }
  }
}

function verifyPromotionResponse({ version, target, promotion_response }: Manifest): void {
  if ((target === 'log1p_less_promotion_minus_anchor') !== (promotion_response !== undefined)) {
    throw mismatch(
      version,
      `its target is ${target}, promotion_response ${promotion_response ? 'is' : 'is not'} there`,
    );
  }
  const { items = [], families = {} } = promotion_response ?? {};
  if (items.some((count, i) => i > 0 && count <= at(items, i - 1))) {
    throw mismatch(version, 'promotion_response.items must ascend');
  }
  const short = Object.entries(families).find(([, effects]) => effects.length !== items.length);
  if (short) throw mismatch(version, `promotion_response of ${short[0]} must have ${items.length} values`);
}

/** @throws {ModelError} `model-mismatch` unless the manifest lists exactly these bytes */
export async function verifyBytes(manifest: Manifest, file: string, bytes: Uint8Array): Promise<void> {
  const expected = manifest.files[file];
  if (!expected) throw mismatch(manifest.version, `its manifest does not list ${file}`);
  if (bytes.byteLength !== expected.bytes) {
    throw mismatch(manifest.version, `${file} has ${bytes.byteLength} bytes instead of ${expected.bytes}`);
  }
  const actual = await sha256Hex(bytes);
  if (actual !== expected.sha256) {
    throw mismatch(manifest.version, `${file} has the sha256 ${actual} instead of ${expected.sha256}`);
  }
}

export function mismatch(version: string, reason: string, cause?: unknown): ModelError {
  return new ModelError('model-mismatch', `model ${version} cannot be served: ${reason}`, { cause });
}

function parseJson(version: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw mismatch(version, 'its manifest is not valid JSON', cause);
  }
}

/** A verified model, ready to predict. */
export interface LoadedModel {
  readonly manifest: Manifest;
  readonly forest: LoadedForest;
}

/**
 * Reads a version from the object store, verifies its hashes and feature definitions, and loads it.
 *
 * @param manifestHash sha256 that its manifest must have; null where it is unknown
 * @throws {ModelError} `model-mismatch` when a file is missing, damaged, or made for other features
 */
export async function loadModel(
  objects: Pick<ObjectStore, 'get'>,
  engine: InferenceEngine,
  contract: FeatureContract,
  version: string,
  manifestHash: string | null = null,
): Promise<LoadedModel> {
  const [manifestObject, packedObject] = await Promise.all([
    objects.get(objectKeys.modelFile(version, 'manifest.json')),
    objects.get(objectKeys.modelFile(version, 'model.packed')),
  ]);
  if (!manifestObject) throw mismatch(version, 'manifest.json is not there');
  if (!packedObject) throw mismatch(version, 'model.packed is not there');

  const [text, packed] = await Promise.all([manifestObject.text(), packedObject.bytes()]);
  if (manifestHash !== null && (await sha256Hex(text)) !== manifestHash) {
    throw mismatch(version, 'manifest.json is not the one that was published');
  }
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
