import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type ConformalOptions, fitConformal } from '../../../shared/forecast/intervals.ts';
import { coverageOf, scoreOf } from '../../../shared/forecast/metrics.ts';
import type { BacktestWindow, Conformal, Score } from '../../../shared/schemas/manifest.ts';
import { MODEL } from './contender.ts';
import { intervalsFromOthers } from './intervals-from-others.ts';
import { joinResiduals, type WindowResult } from './window-result.ts';

export interface BacktestSummary {
  /** The model first, then its baselines. */
  readonly contenders: readonly string[];
  readonly windows: readonly BacktestWindow[];
  /** Scores over the points of all windows together. */
  readonly pooled: Readonly<Record<string, Score>>;
  /** Means of the windows' scores, which weigh every window the same. */
  readonly means: Readonly<Record<string, { readonly rmsle: number; readonly wape: number }>>;
  /** Windows in which the model's RMSLE is below that of every baseline. */
  readonly windowsWon: number;
  /** Share of all points within their 80 % interval, each window's intervals made from the other windows. */
  readonly coverage80: number;
  /** Intervals for service, from all windows. */
  readonly conformal: Conformal;
}

/** Scores the model and the baselines on every window and calibrates the intervals. */
export function summarizeBacktest(
  results: readonly WindowResult[],
  baselines: readonly string[],
  options: ConformalOptions,
): BacktestSummary {
  const contenders = [MODEL, ...baselines];
  const byContender = <T>(of: (name: string) => T): Record<string, T> =>
    Object.fromEntries(contenders.map((name) => [name, of(name)]));
  const windows = results.map((result) => ({
    origin: toIsoDate(result.origin),
    scores: byContender((name) => scoreOf(result.actual, predictedBy(result, name))),
    coverage80: coverageFromOthers(results, result, options),
  }));
  const pooledActual = joinColumns(results.map(({ actual }) => actual));
  const covered = windows.reduce(
    (sum, { coverage80 }, i) => sum + (coverage80 ?? 0) * (results[i]?.actual.length ?? 0),
    0,
  );
  return {
    contenders,
    windows,
    pooled: byContender((name) =>
      scoreOf(pooledActual, joinColumns(results.map((result) => predictedBy(result, name)))),
    ),
    means: byContender((name) => ({
      rmsle: meanOf(windows.map(({ scores }) => scores[name]?.rmsle ?? Number.NaN)),
      wape: meanOf(windows.map(({ scores }) => scores[name]?.wape ?? Number.NaN)),
    })),
    windowsWon: windows.filter(({ scores }) => bestContender(scores) === MODEL).length,
    coverage80: covered / pooledActual.length,
    conformal: fitConformal(joinResiduals(results), options),
  };
}

/** The contender with the least RMSLE. */
export function bestContender(scores: Readonly<Record<string, Score>>): string {
  const ranked = Object.entries(scores).sort(([, left], [, right]) => left.rmsle - right.rmsle);
  return ranked[0]?.[0] ?? 'none';
}

/** @throws {RangeError} when the contender has no forecast for the window. */
export function predictedBy({ predicted, origin }: WindowResult, name: string): Float64Array {
  const units = predicted[name];
  if (!units) throw new RangeError(`"${name}" has no forecast for the window after ${toIsoDate(origin)}`);
  return units;
}

/** null with a single window. */
function coverageFromOthers(
  results: readonly WindowResult[],
  held: WindowResult,
  options: ConformalOptions,
): number | null {
  const intervals = intervalsFromOthers(results, held, options);
  return intervals && coverageOf(held.actual, intervals.p10, intervals.p90);
}

function joinColumns(columns: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  let at = 0;
  for (const column of columns) {
    joined.set(column, at);
    at += column.length;
  }
  return joined;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
