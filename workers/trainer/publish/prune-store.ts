import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { planPruning } from '../../../shared/models/pruning/plan-pruning.ts';
import { pruneModels } from '../../../shared/models/pruning/prune-models.ts';
import { type PruneFlags, pruneRulesOf } from './prune-flags.ts';

export interface Pruned {
  readonly versions: readonly string[];
  readonly forecasts: number;
}

/**
 * Removes old models and forecasts once a run has published. A failure is told and is no failure of the run: what could
 * not be removed goes the next night.
 */
export async function pruneStore(
  store: ObjectStore,
  flags: PruneFlags,
  now: Date,
  onNote: (note: string) => void,
): Promise<Pruned> {
  try {
    const plan = await planPruning(store, pruneRulesOf(flags), now);
    return { versions: await pruneModels(store, plan), forecasts: plan.forecasts.length };
  } catch (error) {
    onNote(`Old models were not removed: ${error instanceof Error ? error.message : error}`);
    return { versions: [], forecasts: 0 };
  }
}
