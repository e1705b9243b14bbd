import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { BASELINES, type BaselineName } from '../../../shared/forecast/baselines.ts';
import { type ConformalOptions, fitConformal, volumeClassOf } from '../../../shared/forecast/intervals.ts';
import { coverageOf, scoreOf } from '../../../shared/forecast/metrics.ts';
import type { BacktestWindow, Conformal, Score } from '../../../shared/schemas/manifest.ts';
import { type Contender, joinResiduals, type WindowResult } from './window-result.ts';

export const CONTENDERS: readonly Contender[] = ['model', ...(Object.keys(BASELINES) as BaselineName[])];

export interface BacktestSummary {
  readonly windows: readonly BacktestWindow[];
  /** Scores over the points of all windows together. */
  readonly pooled: Readonly<Record<Contender, Score>>;
  /** Means of the windows' scores, which weigh every window the same. */
  readonly means: Readonly<Record<Contender, { readonly rmsle: number; readonly wape: number }>>;
  /** Windows in which the model's RMSLE is below that of every baseline. */
  readonly windowsWon: number;
  /** Share of all points within their 80 % interval, each window's intervals made from the other windows. */
  readonly coverage80: number;
  /** Intervals for service, from all windows. */
  readonly conformal: Conformal;
}

/** Scores every contender on every window and calibrates the intervals. */
export function summarizeBacktest(
  results: readonly WindowResult[],
  options: ConformalOptions,
): BacktestSummary {
  const windows = results.map((result) => ({
    origin: toIsoDate(result.origin),
    scores: byContender((name) => scoreOf(result.actual, result.predicted[name])),
    coverage80: coverageFromOthers(results, result, options),
  }));
  const pooledActual = joinColumns(results.map(({ actual }) => actual));
  const covered = windows.reduce(
    (sum, { coverage80 }, i) => sum + (coverage80 ?? 0) * lengthOf(results, i),
    0,
  );
  return {
    windows,
    pooled: byContender((name) =>
      scoreOf(pooledActual, joinColumns(results.map(({ predicted }) => predicted[name]))),
    ),
    means: byContender((name) => ({
      rmsle: meanOf(windows.map(({ scores }) => scores[name].rmsle)),
      wape: meanOf(windows.map(({ scores }) => scores[name].wape)),
    })),
    windowsWon: windows.filter(({ scores }) => bestContender(scores) === 'model').length,
    coverage80: covered / pooledActual.length,
    conformal: fitConformal(joinResiduals(results), options),
  };
}

/** The contender with the least RMSLE. */
export function bestContender(scores: Readonly<Record<string, Score>>): string {
  const ranked = Object.entries(scores).sort(([, left], [, right]) => left.rmsle - right.rmsle);
  return ranked[0]?.[0] ?? 'none';
}

/** null with a single window: its own residuals would flatter it. */
function coverageFromOthers(
  results: readonly WindowResult[],
  held: WindowResult,
  options: ConformalOptions,
): number | null {
  const others = results.filter((result) => result !== held);
  if (others.length === 0) return null;
  const { class_bounds, p10, p90 } = fitConformal(joinResiduals(others), options);
  const bound = (table: readonly (readonly number[])[]) =>
    held.logForecast.map((z, i) => {
      const residual =
        table[volumeClassOf(class_bounds, held.level[i] as number)]?.[(held.h[i] as number) - 1];
      return Math.max(0, Math.expm1(z + (residual ?? Number.NaN)));
    });
  return coverageOf(held.actual, bound(p10), bound(p90));
}

function byContender<T>(of: (name: Contender) => T): Record<Contender, T> {
  return Object.fromEntries(CONTENDERS.map((name) => [name, of(name)])) as Record<Contender, T>;
}

function lengthOf(results: readonly WindowResult[], index: number): number {
  return results[index]?.actual.length ?? 0;
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
