import type { Manifest } from '../schemas/manifest.ts';
import { type Decision, decisionSchema, parseDecision } from './decision.ts';
import { type FeatureContract, ModelError, mismatch, verifyBytes, verifyManifest } from './load-model.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { RegistryError } from './publication-pointer.ts';

/** Records a decision. */
export async function recordDecision(store: Pick<ObjectStore, 'put'>, decision: Decision): Promise<void> {
  const { version, decided_at } = decision;
  const text = `${JSON.stringify(decisionSchema.parse(decision), null, 1)}\n`;
  await store.put(objectKeys.decision(version, decided_at), text, { etag: null });
}

/** The decisions about a model, oldest first; other objects are ignored. */
export async function readDecisions(
  store: Pick<ObjectStore, 'get' | 'list'>,
  version: string,
): Promise<Decision[]> {
  const keys = await store.list(objectKeys.decisions(version));
  const texts = await Promise.all([...keys].sort().map(async (key) => (await store.get(key))?.text()));
  return texts.map(parseDecision).filter((decision) => decision !== null);
}

/**
 * Reads a model's manifest and checks that every file it lists is present, byte for byte.
 *
 * @param contract what the serving code computes
 * @throws {RegistryError} `unknown-version`, or `incomplete` with what is missing, damaged or made for other features
 */
export async function verifyStored(
  store: Pick<ObjectStore, 'get'>,
  version: string,
  contract: FeatureContract,
): Promise<Manifest> {
  const object = await store.get(objectKeys.modelFile(version, 'manifest.json'));
  if (!object) {
    throw new RegistryError(
      'unknown-version',
      `there is no complete model ${version}: ${objectKeys.modelFile(version, 'manifest.json')} is missing`,
    );
  }
  try {
    const manifest = verifyManifest(version, await object.text(), contract);
    if (!manifest.files['model.packed']) throw mismatch(version, 'its manifest does not list model.packed');
    for (const file of Object.keys(manifest.files)) {
      const stored = await store.get(`${objectKeys.models}${version}/${file}`);
      if (!stored) throw mismatch(version, `${file} is missing`);
      await verifyBytes(manifest, file, await stored.bytes());
    }
    return manifest;
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new RegistryError('incomplete', cause.message, { cause });
  }
}
