import type { Decision } from '../../../../shared/artifacts/decision.ts';
import { toDayNumber } from '../../../../shared/calendar/day-number.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { Hold } from '../../../../shared/schemas/manifest.ts';
import { meanOf } from '../../data/averages.ts';
import { type Dataset, lastDayOf } from '../../data/dataset.ts';
import type { ReportProgress } from '../../data/progress.ts';
import { judge } from '../gate-rules/judge.ts';
import type { GateRules } from '../gate-rules/rules.ts';
import type { TrainedModel } from '../train-model.ts';
import { windowsThatFit } from '../windows.ts';
import { type ChampionComparison, canServe, pairWindows } from './champion-comparison.ts';

export interface GateRequest {
  /** The challenger's training data. */
  readonly dataset: Dataset;
  readonly challenger: TrainedModel;
  readonly version: string;
  readonly comparison: ChampionComparison;
  /** The champion's hold; null for none. */
  readonly hold: Hold | null;
  readonly rules: GateRules;
  /** Promote whatever the gate finds; its findings are recorded in any case. */
  readonly isForced: boolean;
  readonly now: Date;
  readonly onProgress: ReportProgress;
}

/**
 * Runs the gate: compares the challenger with the champion, or with the baselines if there is no comparable champion.
 */
export async function decide(request: GateRequest): Promise<Decision> {
  const { dataset, challenger, version, comparison, hold, rules, isForced, now, onProgress } = request;
  const { backtest, description, seenRmsle, ahead } = challenger;
  const { last_day } = description.training;
  const { panel } = dataset;
  const { [MODEL]: own, ...baselines } = Object.fromEntries(
    Object.entries(backtest.means).map(([name, { rmsle }]) => [name, rmsle]),
  );
  const windows =
    comparison.kind === 'comparable'
      ? await pairWindows(dataset, challenger.run, comparison.comparedChampion, onProgress)
      : [];
  const verdict = judge(
    {
      treesRmsle: meanOf(backtest.treesRmsle),
      hasTrees: description.training.trees_from === undefined,
      baselines,
      isOnlyOne: !canServe(comparison),
      seenRatio: seenRatioOf(seenRmsle, backtest.treesRmsle.at(-1) ?? Number.NaN),
      comparedChampion:
        comparison.kind === 'comparable'
          ? {
              version: comparison.version,
              windows,
              tiedLoss: comparison.comparedChampion.tiedLoss,
              isOlder: comparison.comparedChampion.lastDay < toDayNumber(last_day),
              roomFor: windowsThatFit(panel.firstDay, lastDayOf(panel), rules.min_windows),
            }
          : null,
      hold,
      ahead,
    },
    rules,
  );
  const isOverruled = isForced && verdict.action === 'refuse';
  return {
    schema_version: 1,
    version,
    decided_at: now.toISOString(),
    by: isOverruled ? 'forced' : 'gate',
    action: isForced ? 'promote' : verdict.action,
    champion: comparison.kind === 'none' ? null : comparison.version,
    reasons: [...introduction(comparison, isOverruled), ...verdict.reasons],
    evidence: {
      rules,
      checks: [...verdict.checks],
      windows,
      means: { [MODEL]: own ?? Number.NaN, ...baselines },
      tied_loss: verdict.tiedLoss,
      dataset: dataset.name,
      last_day,
      shift_days: dataset.shiftDays,
    },
  };
}

/** Two models without any error have the ratio 1. */
function seenRatioOf(seen: number, unseen: number): number {
  return seen === unseen ? 1 : seen / unseen;
}

function introduction(comparison: ChampionComparison, isOverruled: boolean): string[] {
  return [
    ...(isOverruled ? ['forced: the gate would have refused it'] : []),
    ...(comparison.kind === 'incomparable' ? [`the champion cannot be compared: ${comparison.reason}`] : []),
    ...(comparison.kind === 'comparable' && comparison.renamed !== null ? [comparison.renamed] : []),
  ];
}
