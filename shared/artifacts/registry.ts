/**
 * The models of an object store and which of them is in service. Model files are never changed once written;
 * `models/champion.json` is the only object that is, and it is written last, over the very version that was read.
 *
 * @module
 */
import type { Champion, Hold, Manifest } from '../schemas/manifest.ts';
import {
  type PointerMove,
  promoted,
  type ReadPointer,
  RegistryError,
  readPointer,
  rolledBack,
  writePointer,
} from './champion-pointer.ts';
import { type Decision, decisionSchema, parseDecision } from './decision.ts';
import { type FeatureContract, ModelError, mismatch, verifyBytes, verifyManifest } from './load-model.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';

/** Writes down a decision, where it stays. */
export async function recordDecision(store: Pick<ObjectStore, 'put'>, decision: Decision): Promise<void> {
  const { version, decided_at } = decision;
  const text = `${JSON.stringify(decisionSchema.parse(decision), null, 1)}\n`;
  await store.put(objectKeys.decision(version, decided_at), text, { etag: null });
}

/** The decisions about a model, oldest first; what is not a decision is passed over. */
export async function readDecisions(
  store: Pick<ObjectStore, 'get' | 'list'>,
  version: string,
): Promise<Decision[]> {
  const keys = await store.list(objectKeys.decisions(version));
  const texts = await Promise.all([...keys].sort().map(async (key) => (await store.get(key))?.text()));
  return texts.map(parseDecision).filter((decision) => decision !== null);
}

/**
 * Reads a model's manifest and checks that every file it lists is there, byte for byte.
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
      `there is no complete model ${version}: ${objectKeys.modelFile(version, 'manifest.json')} is not there`,
    );
  }
  try {
    const manifest = verifyManifest(version, await object.text(), contract);
    if (!manifest.files['model.packed']) throw mismatch(version, 'its manifest does not list model.packed');
    for (const file of Object.keys(manifest.files)) {
      const stored = await store.get(`${objectKeys.models}${version}/${file}`);
      if (!stored) throw mismatch(version, `${file} is not there`);
      await verifyBytes(manifest, file, await stored.bytes());
    }
    return manifest;
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new RegistryError('incomplete', cause.message, { cause });
  }
}

/** A model that is in service now. */
export interface Promotion extends PointerMove {
  readonly champion: Champion;
}

/**
 * Puts a stored model into service, once every file of it has been checked. Promoting the champion changes nothing.
 *
 * @param over the pointer that the decision was made over; read now where it is left out
 * @throws {RegistryError} `unknown-version`, `incomplete`, `invalid-pointer`, `conflict`
 */
export async function promote(
  store: Pick<ObjectStore, 'get' | 'put'>,
  version: string,
  contract: FeatureContract,
  at: Date,
  over?: ReadPointer | null,
): Promise<Promotion> {
  const pointer = over === undefined ? await readPointer(store) : over;
  if (pointer?.champion.version === version) return { champion: pointer.champion, unverified: null };
  await verifyStored(store, version, contract);
  return promoteVerified(store, version, at, pointer);
}

/**
 * Puts a stored model into service that has just been checked (`verifyStored`): one write.
 *
 * @param over the pointer that the decision was made over; null where there was none
 * @throws {RegistryError} `incomplete`, `conflict`
 */
export async function promoteVerified(
  store: Pick<ObjectStore, 'get' | 'put'>,
  version: string,
  at: Date,
  over: ReadPointer | null,
): Promise<Promotion> {
  const champion = promoted(over?.champion ?? null, version, at);
  return { champion, ...(await writePointer(store, champion, over)) };
}

/**
 * Puts an earlier champion back into service, once every file of it has been checked.
 *
 * @param to the one before the present champion where it is left out
 * @param hold holds it there from the same write on
 * @throws {RegistryError} `no-champion`, `nothing-before`, `unknown-version`, `incomplete`, `invalid-pointer`, `conflict`
 */
export async function rollback(
  store: Pick<ObjectStore, 'get' | 'put'>,
  to: string | undefined,
  contract: FeatureContract,
  at: Date,
  hold?: Hold,
): Promise<Promotion & { readonly from: string }> {
  const pointer = await readPointer(store);
  if (!pointer) {
    throw new RegistryError('no-champion', 'nothing is in service: promote a stored version instead');
  }
  const champion = { ...rolledBack(pointer.champion, to, at), ...(hold && { hold }) };
  await verifyStored(store, champion.version, contract);
  return { from: pointer.champion.version, champion, ...(await writePointer(store, champion, pointer)) };
}
