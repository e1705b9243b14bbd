import { readPointer } from '../../../shared/artifacts/champion-pointer.ts';
import type { Decision } from '../../../shared/artifacts/decision.ts';
import type { FeatureContract } from '../../../shared/artifacts/load-model.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { type Promotion, promote, recordDecision, rollback } from '../../../shared/artifacts/registry.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { Champion } from '../../../shared/schemas/manifest.ts';
import { type HoldChange, holdChampion, releaseChampion } from './champion-hold.ts';

/** What is in service: the champion, null for nothing, or why that is not known. */
export type InService =
  | { readonly kind: 'known'; readonly champion: Champion | null }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Reads what is in service now. Never fails: it is asked when something has failed already. */
export async function readInService(store: Pick<ObjectStore, 'get'>): Promise<InService> {
  try {
    return { kind: 'known', champion: (await readPointer(store))?.champion ?? null };
  } catch (error) {
    return { kind: 'unknown', reason: messageOf(error) };
  }
}

export interface ChampionChange extends Promotion {
  /** What was in service before; null when nothing was, the same version when nothing has changed. */
  readonly from: string | null;
}

/** By whom and when a champion is changed. */
export interface ByHand {
  readonly at: Date;
  /** In the words of whoever does it. */
  readonly reason?: string | undefined;
}

/** What a hold says where nobody gave a reason. */
const UNSAID = 'by hand, no reason was given';

/** Puts a stored model into service by hand, and writes down that it was done. A hold stays. */
export async function promoteByHand(
  store: ObjectStore,
  version: string,
  contract: FeatureContract,
  hand: ByHand,
): Promise<ChampionChange> {
  const pointer = await readPointer(store);
  const promotion = await promote(store, version, contract, hand.at, pointer);
  const from = pointer?.champion.version ?? null;
  const place = from === null ? 'nothing was in service' : `in place of ${from}`;
  if (from !== version) await recordDecision(store, byHand(version, 'promote', from, place, hand));
  return { ...promotion, from };
}

/**
 * Puts an earlier champion back into service, and writes down that it was done: under the version that is in service
 * again, and under the one that was left.
 *
 * @param isHeld keeps training runs from replacing it
 */
export async function rollBackByHand(
  store: ObjectStore,
  { to, isHeld }: { readonly to?: string | undefined; readonly isHeld: boolean },
  contract: FeatureContract,
  hand: ByHand,
): Promise<ChampionChange> {
  const { at, reason = UNSAID } = hand;
  const hold = isHeld ? { since: at.toISOString(), reason } : undefined;
  const change = await rollback(store, to, contract, at, hold);
  const { from } = change;
  const { version } = change.champion;
  const held = isHeld ? ', and held' : '';
  await recordDecision(store, byHand(version, 'rollback', from, `in place of ${from}${held}`, hand));
  await recordDecision(store, byHand(from, 'withdraw', from, `${version} is in service again${held}`, hand));
  return change;
}

/** Keeps training runs from replacing the champion, and writes that down. */
export async function holdByHand(store: ObjectStore, hand: ByHand): Promise<HoldChange> {
  const { at, reason = UNSAID } = hand;
  const change = await holdChampion(store, { since: at.toISOString(), reason });
  const { version } = change.champion;
  await recordDecision(store, byHand(version, 'hold', version, 'no training run replaces it', hand));
  return change;
}

/** Lets training runs replace the champion again, and writes that down. */
export async function releaseByHand(store: ObjectStore, hand: ByHand): Promise<HoldChange> {
  const change = await releaseChampion(store);
  const { version } = change.champion;
  if (change.before) {
    await recordDecision(store, byHand(version, 'release', version, 'training runs may replace it', hand));
  }
  return change;
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
