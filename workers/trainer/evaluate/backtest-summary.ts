import { at, last } from '../../../shared/at.ts';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { BacktestWindow, Conformal, Score } from '../../../shared/schemas/manifest.ts';
import { type HeldOutIntervals, heldOutIntervals, type WindowIntervals } from './held-out-intervals.ts';
import { type ConformalOptions, fitConformal } from './intervals/fit-intervals.ts';
import { joinColumns } from './intervals/residual-cells.ts';
import { coverageOf, scoreOf, scorePoint } from './metrics.ts';
import { type ForecastPoints, pointsBy, type WindowResult } from './window-result.ts';

export interface BacktestSummary {
  /**
   * What the gate and the manifest are about: the model first, then its baselines. All scores but those of
   * `alternatives` are theirs alone.
   */
  readonly contenders: readonly string[];
  /** Contenders for information, by name: no window is won against them, and no check of the gate reads them. */
  readonly alternatives: Readonly<Record<string, AlternativeScores>>;
  readonly windows: readonly BacktestWindow[];
  /** Days of each window: `HORIZON`, or fewer of a history without room for that. */
  readonly windowDays: number;
  /** RMSLE of the trees alone on each window; the model's where nothing is blended in. */
  readonly treesRmsle: readonly number[];
  /** Scores over the points of all windows together. */
  readonly pooled: Readonly<Record<string, Score>>;
  /** Means of the windows' scores, which weigh every window the same. */
  readonly means: Readonly<Record<string, MeanScores>>;
  /** Windows in which the model's RMSLE is below that of every baseline. */
  readonly windowsWon: number;
  /** Share of all points within their 80 % interval, each window's intervals calibrated on the other windows. */
  readonly coverage80: number;
  readonly coverage: {
    /** Of the demand of each day. */
    readonly daily: Coverage;
    /** Of the demand of days 1..h together, h = 1..16. */
    readonly cumulative: Coverage;
    /** Of the demand of each day, with quantiles as they are served: whole where demand is. */
    readonly served: Coverage;
  };
  /** The intervals of each window, calibrated without it. */
  readonly heldOut: readonly HeldOutIntervals[];
  /** Intervals for service, from all windows. */
  readonly conformal: Conformal;
}

/** The scores of a contender for information. */
export interface AlternativeScores extends MeanScores {
  /** Sum of the means over the sum of sales, over all points; null where nothing was sold. */
  readonly mean_ratio: number | null;
  /** Windows in which its RMSLE is below the model's. */
  readonly windowsBetter: number;
}

/** Means of the windows' scores. */
export interface MeanScores {
  readonly rmsle: number;
  readonly wape: number;
  readonly sum_wape: number;
}

/** Share of points within their 80 % interval; NaN where no window has intervals of that kind. */
export interface Coverage {
  /** Intervals calibrated on all other windows. */
  readonly others: number;
  /** Intervals calibrated on earlier windows only, for the windows with enough of them. */
  readonly earlier: number;
}

/** RMSLE of the trees alone on a window; the model's where nothing is blended in. */
export function treesRmsle(result: WindowResult): number {
  return scorePoint(result.actual, result.trees ?? pointsBy(result, MODEL).median).rmsle;
}

/**
 * Scores the model, the baselines and the alternatives on every window and calibrates the intervals.
 *
 * @param baselines names of those that the model has to beat
 * @param alternatives names of those that are scored for information
 */
export function summarizeBacktest(
  results: readonly WindowResult[],
  baselines: readonly string[],
  options: ConformalOptions,
  alternatives: readonly string[] = [],
): BacktestSummary {
  const contenders = [MODEL, ...baselines];
  const byContender = <T>(of: (name: string) => T): Record<string, T> =>
    Object.fromEntries(contenders.map((name) => [name, of(name)]));
  const heldOut = heldOutIntervals(results, options);
  const windows = results.map((result, i) => {
    const daily = heldOut[i]?.others?.daily;
    return {
      origin: toIsoDate(result.origin),
      scores: byContender((name) => scoreOf(pointsBy(result, name))),
      coverage80: daily ? coverageOf(result.actual, daily.p10, daily.p90) : null,
    };
  });
  const coverage = (kind: keyof WindowIntervals) => ({
    others: pooledCoverage(results, heldOut, 'others', kind),
    earlier: pooledCoverage(results, heldOut, 'earlier', kind),
  });
  const daily = coverage('daily');
  return {
    contenders,
    alternatives: Object.fromEntries(alternatives.map((name) => [name, scoreAlternative(results, name)])),
    windows,
    windowDays: HORIZON,
    treesRmsle: results.map(treesRmsle),
    pooled: byContender((name) => scoreOf(pooledPoints(results, name))),
    means: byContender((name) => meanScores(windows.map(({ scores }) => scores[name]))),
    windowsWon: windows.filter(({ scores }) => bestContender(scores) === MODEL).length,
    coverage80: daily.others,
    coverage: { daily, cumulative: coverage('cumulative'), served: coverage('served') },
    heldOut,
    conformal: fitConformal(results, options),
  };
}

function meanScores(scores: readonly (Score | undefined)[]): MeanScores {
  return {
    rmsle: meanOfKnown(scores.map((score) => score?.rmsle ?? Number.NaN)),
    wape: meanOfKnown(scores.map((score) => score?.wape)),
    sum_wape: meanOfKnown(scores.map((score) => score?.sum_wape)),
  };
}

function scoreAlternative(results: readonly WindowResult[], name: string): AlternativeScores {
  const scores = results.map((result) => scoreOf(pointsBy(result, name)));
  const model = results.map((result) => scoreOf(pointsBy(result, MODEL)).rmsle);
  return {
    ...meanScores(scores),
    mean_ratio: scoreOf(pooledPoints(results, name)).mean_ratio ?? null,
    windowsBetter: scores.filter(({ rmsle }, w) => rmsle < at(model, w)).length,
  };
}

/**
 * The contender with the least RMSLE.
 *
 * @param scores of at least one
 */
export function bestContender(scores: Readonly<Record<string, Score>>): string {
  const ranked = Object.entries(scores).sort(([, left], [, right]) => left.rmsle - right.rmsle);
  return at(ranked, 0)[0];
}

/** The points of all windows in sequence; the sums of a series restart with each. */
function pooledPoints(results: readonly WindowResult[], name: string) {
  const windows = results.map((result) => pointsBy(result, name));
  const most = Math.max(...results.map(({ series }) => last(series))) + 1;
  return {
    actual: joinColumns(windows.map(({ actual }) => actual)),
    median: joinColumns(windows.map(({ median }) => median)),
    mean: joinColumns(windows.map(({ mean }) => mean)),
    series: windows.flatMap(({ series }, w) => Array.from(series, (s) => w * most + s)),
  };
}

/** The points of a window that have an interval. */
export function pointsOf(result: WindowResult, kind: keyof WindowIntervals): ForecastPoints {
  return kind === 'cumulative' ? result.cumulative : result;
}

function pooledCoverage(
  results: readonly WindowResult[],
  heldOut: readonly HeldOutIntervals[],
  made: keyof HeldOutIntervals,
  kind: keyof WindowIntervals,
): number {
  let inside = 0;
  let count = 0;
  results.forEach((result, i) => {
    const intervals = heldOut[i]?.[made]?.[kind];
    const { actual } = pointsOf(result, kind);
    if (!intervals || actual.length === 0) return;
    inside += coverageOf(actual, intervals.p10, intervals.p90) * actual.length;
    count += actual.length;
  });
  return inside / count;
}

/** The mean of the values that exist; NaN where none does. A window without sales has no WAPE, for example. */
export function meanOfKnown(values: readonly (number | null | undefined)[]): number {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
