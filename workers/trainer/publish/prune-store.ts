import type { Command } from 'commander';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { atLeast } from '../data/import/data-flags.ts';
import { PRUNE_DEFAULTS, type PruneRules, planPruning, pruneModels } from './prune-models.ts';
import type { WrittenForecasts } from './publish-forecasts.ts';

/** Rules of pruning that differ from the defaults. */
export type PruneFlags = Partial<PruneRules>;

export function addPruneOptions(command: Command): Command {
  const { keepVersions, keepDays, keepForecastDays } = PRUNE_DEFAULTS;
  return command
    .option(
      '--keep-versions <n>',
      'newest models that pruning keeps, in service or not',
      atLeast(0),
      keepVersions,
    )
    .option(
      '--keep-days <n>',
      'days in which a model was made or in service that pruning keeps',
      atLeast(1),
      keepDays,
    )
    .option(
      '--keep-forecast-days <n>',
      'days of batch forecasts that pruning keeps',
      atLeast(1),
      keepForecastDays,
    );
}

export function pruneRulesOf(flags: PruneFlags): PruneRules {
  const { keepVersions, keepDays, keepForecastDays } = { ...PRUNE_DEFAULTS, ...flags };
  return { keepVersions, keepDays, keepForecastDays };
}

export interface Pruned {
  readonly versions: readonly string[];
  readonly forecasts: number;
}

/** The run after which old models and forecasts are removed. */
export interface PruneOccasion {
  readonly now: Date;
  /** Its forecasts; null for none. */
  readonly forecasts: WrittenForecasts | null;
  readonly onNote: (note: string) => void;
}

/**
 * Removes old models and forecasts after a publication. A failure is reported without failing the run: the rest is
 * removed the next night.
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
    onNote(`Old models were not removed: ${messageOf(error)}`);
    return { versions: [], forecasts: 0 };
  }
}
