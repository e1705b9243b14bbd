import { readManifest, readPointer } from '../../../shared/artifacts/current-publication.ts';
import type { Decision } from '../../../shared/artifacts/decision.ts';
import type { FeatureContract } from '../../../shared/artifacts/load-model.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { hasSameDataset } from '../../../shared/artifacts/publication.ts';
import {
  type Champion,
  championOf,
  goBack,
  type PublicationPointer,
  type ReadPointer,
  RegistryError,
  writePointer,
} from '../../../shared/artifacts/publication-pointer.ts';
import { recordDecision, verifyStored } from '../../../shared/artifacts/registry.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { Hold } from '../../../shared/schemas/manifest.ts';
import {
  beingRemoved,
  changePointer,
  modelPartOf,
  overtaken,
  putIntoService,
  readPartsInService,
  readPointerToWrite,
  writeParts,
} from './put-into-service.ts';

/** The champion, null if nothing is in service, or why that is unknown. */
export type InService =
  | { readonly kind: 'known'; readonly champion: Champion | null }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Reads what is in service now. Never fails: it is called after another failure. */
export async function readInService(store: Pick<ObjectStore, 'get'>): Promise<InService> {
  try {
    return { kind: 'known', champion: (await readPointer(store))?.champion ?? null };
  } catch (error) {
    return { kind: 'unknown', reason: messageOf(error) };
  }
}

/** The result of a change by hand. */
export interface ChampionChange {
  readonly champion: Champion;
  /** The champion before; null if there was none, the same version if the model has not changed. */
  readonly from: string | null;
  /** The publication in service, and the previous one; the same if nothing has changed. */
  readonly publication: string;
  readonly fromPublication: string | null;
}

/** A pointer whose hold was set or released. */
export interface HoldChange {
  readonly champion: Champion;
  /** The previous hold; null for none. */
  readonly before: Hold | null;
}

/** Who changes a champion, and when. */
export interface ByHand {
  readonly at: Date;
  /** The operator's reason. */
  readonly reason?: string | undefined;
}

/** The reason of a hold without a stated one. */
const UNSAID = 'by hand, no reason was given';

/**
 * Puts a stored model into service by hand, and records the decision. A hold stays.
 *
 * @throws as `promote` does
 */
export async function promoteByHand(
  store: ObjectStore,
  version: string,
  contract: FeatureContract,
  hand: ByHand,
): Promise<ChampionChange> {
  const change = await promote(store, version, contract, hand.at);
  const { from } = change;
  const place = from === null ? 'nothing was in service' : `in place of ${from}`;
  if (from !== version) await recordDecision(store, byHand(version, 'promote', from, place, hand));
  return change;
}

/**
 * Puts a stored model into service with the dataset in service, after verifying all its files. Promoting the champion
 * changes nothing.
 *
 * @param over the pointer on which the choice was based; default: read now
 * @throws {RegistryError} `unknown-version`, `incomplete`, `invalid-pointer`, `conflict`
 */
export async function promote(
  store: ObjectStore,
  version: string,
  contract: FeatureContract,
  at: Date,
  over?: ReadPointer | null,
): Promise<ChampionChange> {
  const before = await readPointerToWrite(store, over);
  const from = before?.champion?.version ?? null;
  if (before?.champion && from === version) {
    const { id } = before.pointer.current;
    return { champion: before.champion, from, publication: id, fromPublication: id };
  }
  if (before?.pointer.removing?.includes(version)) throw beingRemoved(version);
  const manifest = await verifyStored(store, version, contract);
  const { dataset, forecasts } = await readPartsInService(store, before);
  const parts = {
    dataset,
    model: await modelPartOf(store, manifest),
    forecasts: forecasts?.model_version === version ? forecasts : null,
  };
  const written = await writeParts(store, parts, at);
  const service = { before, at, replacesModel: true, what: version };
  return changeOf(await putIntoService(store, written, service), before);
}

function changeOf(pointer: PublicationPointer, before: ReadPointer | null): ChampionChange {
  const champion = championOf(pointer);
  if (!champion) throw new RangeError('a publication went into service without a model');
  return {
    champion,
    from: before?.champion?.version ?? null,
    publication: pointer.current.id,
    fromPublication: before?.pointer.current.id ?? null,
  };
}

/**
 * The target of a rollback. `model`: an earlier champion, with the dataset in service. `data`: the dataset of an
 * earlier publication, with the model in service. `both`: an earlier publication, whole.
 */
export type RollbackPart = 'model' | 'data' | 'both';
export const ROLLBACK_PARTS: readonly RollbackPart[] = ['model', 'data', 'both'];

export interface Rollback {
  readonly part?: RollbackPart | undefined;
  /** A model's version, or a publication's id for `data` and `both`; default: the previous one. */
  readonly to?: string | undefined;
  /** Keeps training runs from replacing the model. */
  readonly isHeld: boolean;
}

/**
 * Rolls back to an earlier model, dataset or both, with one write of the pointer, and records the decision under the
 * model that is in service again and under the one that it replaces.
 *
 * @throws {RegistryError} `no-champion`, `nothing-before`, `unknown-version`, `incomplete`, `invalid-pointer`,
 * `conflict`
 */
export async function rollBackByHand(
  store: ObjectStore,
  { part = 'model', to, isHeld }: Rollback,
  contract: FeatureContract,
  hand: ByHand,
): Promise<ChampionChange> {
  const { at, reason = UNSAID } = hand;
  const before = await readPointerToWrite(store);
  const from = before?.champion?.version;
  if (!before || from === undefined) {
    throw new RegistryError('no-champion', 'nothing is in service: promote a stored version instead');
  }
  const { pointer } = before;
  const current = await readManifest(store, pointer.current);
  const index = await findTarget(store, before, part, to);
  const entry = pointer.previous[index];
  if (!entry) throw nothingBefore(before, part, to);
  const target = await readManifest(store, entry);
  const parts = {
    model: { ...current, model: target.model, forecasts: null },
    data: { ...current, dataset: target.dataset, forecasts: null },
    both: target,
  }[part];
  if (!parts.model) throw new RegistryError('nothing-before', `publication ${entry.id} has no model`);
  await verifyStored(store, parts.model.version, contract);
  const written = part === 'both' ? entry : await writeParts(store, parts, at);
  const hold = isHeld ? { since: at.toISOString(), reason } : pointer.hold;
  const after = { ...goBack(pointer, index, written, at), ...(hold && { hold }) };
  if (!(await writePointer(store, after, before))) throw overtaken(written.id);
  const change = changeOf(after, before);
  const { version } = change.champion;
  const held = isHeld ? ', and held' : '';
  const what = {
    model: '',
    data: `, with the dataset of publication ${entry.id}`,
    both: `, with all of publication ${entry.id}`,
  }[part];
  if (version === from) {
    await recordDecision(store, byHand(version, 'rollback', from, `it stays in service${what}${held}`, hand));
    return change;
  }
  await recordDecision(store, byHand(version, 'rollback', from, `in place of ${from}${what}${held}`, hand));
  await recordDecision(store, byHand(from, 'withdraw', from, `${version} is in service again${held}`, hand));
  return change;
}

/** Index of a rollback's target in `previous`; -1 if there is none. */
async function findTarget(
  store: ObjectStore,
  { pointer, champion }: ReadPointer,
  part: RollbackPart,
  to: string | undefined,
): Promise<number> {
  const { current, previous } = pointer;
  if (part === 'model') {
    return previous.findIndex(
      ({ model }) => model !== null && model !== champion?.version && (to === undefined || model === to),
    );
  }
  if (to !== undefined) return previous.findIndex(({ id }) => id === to);
  if (part === 'both') return previous.findIndex(({ model }) => model !== null);
  const now = await readManifest(store, current);
  for (const [index, entry] of previous.entries()) {
    const manifest = await readManifest(store, entry);
    if (manifest.dataset && !hasSameDataset(manifest, now)) return index;
  }
  return -1;
}

function nothingBefore(
  { pointer, champion }: ReadPointer,
  part: RollbackPart,
  to: string | undefined,
): RegistryError {
  const known =
    part === 'model'
      ? (champion?.previous.map(({ version }) => version) ?? [])
      : pointer.previous.map(({ id }) => id);
  const what = part === 'model' ? 'champion' : 'publication';
  return new RegistryError(
    'nothing-before',
    `there is no earlier ${what} ${to ?? `before ${champion?.version}`} to roll back to (known: ${known.join(', ') || 'none'}); ` +
      'promote a stored version instead',
  );
}

/**
 * Keeps training runs from replacing the champion, and records it. Replaces an existing hold.
 *
 * @throws {RegistryError} `no-champion`, `invalid-pointer`, `conflict`
 */
export async function holdByHand(store: ObjectStore, hand: ByHand): Promise<HoldChange> {
  const { at, reason = UNSAID } = hand;
  const change = await changeHold(store, { since: at.toISOString(), reason });
  const { version } = change.champion;
  await recordDecision(store, byHand(version, 'hold', version, 'no training run replaces it', hand));
  return change;
}

/**
 * Lets training runs replace the champion again, and records it. A champion that is not held stays as it is.
 *
 * @throws {RegistryError} `no-champion`, `invalid-pointer`, `conflict`
 */
export async function releaseByHand(store: ObjectStore, hand: ByHand): Promise<HoldChange> {
  const change = await changeHold(store, null);
  const { version } = change.champion;
  if (change.before) {
    await recordDecision(store, byHand(version, 'release', version, 'training runs may replace it', hand));
  }
  return change;
}

async function changeHold(store: ObjectStore, hold: Hold | null): Promise<HoldChange> {
  const { before, after } = await changePointer(store, ({ hold: held, ...free }) => {
    if (free.current.model === null) {
      throw new RegistryError('no-champion', 'nothing is in service: promote a stored version first');
    }
    return hold === null && held === undefined ? null : { ...free, ...(hold && { hold }) };
  });
  const champion = championOf(after);
  if (!champion) throw new RangeError('a pointer has lost its model');
  return { champion, before: before.hold ?? null };
}

function byHand(
  version: string,
  action: Decision['action'],
  champion: string | null,
  what: string,
  { at, reason }: ByHand,
): Decision {
  return {
    schema_version: 1,
    version,
    decided_at: at.toISOString(),
    by: 'manual',
    action,
    champion,
    reasons: [`by hand, ${what}`, ...(reason === undefined ? [] : [reason])],
    evidence: null,
  };
}
