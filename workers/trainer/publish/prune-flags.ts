import type { Command } from 'commander';
import { PRUNE_DEFAULTS, type PruneRules } from '../../../shared/models/pruning/prune-rules.ts';
import { atLeast } from '../whole-number.ts';

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
