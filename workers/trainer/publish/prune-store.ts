import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { planPruning } from '../../../shared/models/pruning/plan-pruning.ts';
import { pruneModels } from '../../../shared/models/pruning/prune-models.ts';
import type { PublishedForecasts } from './forecasts/publish-forecasts.ts';
import { type PruneFlags, pruneRulesOf } from './prune-flags.ts';

export interface Pruned {
  readonly versions: readonly string[];
  readonly forecasts: number;
}

/** The run after which old models and forecasts are removed. */
export interface PruneOccasion {
  readonly now: Date;
  /** What it has forecast; null for nothing. */
  readonly forecasts: PublishedForecasts | null;
  readonly onNote: (note: string) => void;
}

/**
 * Removes old models and forecasts once a run has published. A failure is told and is no failure of the run: what could
 * not be removed goes the next night.
 */
export async function pruneStore(
  store: ObjectStore,
  flags: PruneFlags,
  { now, forecasts, onNote }: PruneOccasion,
): Promise<Pruned> {
  try {
    const plan = await planPruning(store, pruneRulesOf(flags), now, forecasts ? [forecasts.key] : []);
    return { versions: await pruneModels(store, plan), forecasts: plan.forecasts.length };
  } catch (error) {
    onNote(`Old models were not removed: ${error instanceof Error ? error.message : error}`);
    return { versions: [], forecasts: 0 };
  }
}
