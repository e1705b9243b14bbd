import { readPointer } from '../../../shared/models/champion-pointer.ts';
import type { Decision } from '../../../shared/models/decision.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { type Promotion, promote, recordDecision, rollback } from '../../../shared/models/registry.ts';
import type { FeatureContract } from '../../../shared/models/verify-model.ts';

export interface ChampionChange extends Promotion {
  /** What was in service before; null when nothing was, the same version when nothing has changed. */
  readonly from: string | null;
}

/** Puts a stored model into service by hand, and writes down that it was done. */
export async function promoteByHand(
  store: ObjectStore,
  version: string,
  contract: FeatureContract,
  at: Date,
): Promise<ChampionChange> {
  const pointer = await readPointer(store);
  const promotion = await promote(store, version, contract, at, pointer);
  const from = pointer?.champion.version ?? null;
  if (from !== version) await recordDecision(store, byHand(version, 'promote', from, at));
  return { ...promotion, from };
}

/** Puts an earlier champion back into service, and writes down that it was done. */
export async function rollBackByHand(
  store: ObjectStore,
  to: string | undefined,
  contract: FeatureContract,
  at: Date,
): Promise<ChampionChange> {
  const change = await rollback(store, to, contract, at);
  await recordDecision(store, byHand(change.champion.version, 'rollback', change.from, at));
  return change;
}

function byHand(version: string, action: 'promote' | 'rollback', from: string | null, at: Date): Decision {
  return {
    schema_version: 1,
    version,
    decided_at: at.toISOString(),
    by: 'manual',
    action,
    champion: from,
    reasons: [`by hand, ${from === null ? 'nothing was in service' : `in place of ${from}`}`],
    evidence: null,
  };
}
