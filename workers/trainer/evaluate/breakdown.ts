import { at } from '../../../shared/at.ts';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { volumeClassOf } from '../../../shared/forecast/volume-class.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { BacktestSummary } from './backtest-summary.ts';
import type { HeldOutIntervals, Intervals } from './held-out-intervals.ts';
import { IntervalErrors, type IntervalScores, PointErrors, type PointScores } from './point-errors.ts';
import { type ForecastPoints, pointsBy, type WindowResult } from './window-result.ts';

/** The scores of some of the points. */
export interface Segment {
  /** The window's origin, the family, `h` or the volume class. */
  readonly name: string;
  readonly scores: Readonly<Record<string, PointScores>>;
  /** The model's intervals, each window's calibrated on the other windows; null with a single window. */
  readonly interval: IntervalScores | null;
  /** The same for the demand of days 1..h together. */
  readonly cumulative: IntervalScores | null;
}

/** The same scores, broken down. */
export interface Breakdown {
  readonly all: Segment;
  readonly window: readonly Segment[];
  readonly family: readonly Segment[];
  readonly horizon: readonly Segment[];
  /** By mean units a day of the series in the 28 days up to the origin, small ones first. */
  readonly volume: readonly Segment[];
}

/** The name of the segment to which a point belongs. */
type KeyOf = (points: Pick<ForecastPoints, 'series' | 'level' | 'h'>, i: number, origin: DayNumber) => string;

/** Breaks the errors of all contenders down by window, family, horizon and volume class. */
export function breakDown(
  results: readonly WindowResult[],
  { contenders, conformal, heldOut }: Pick<BacktestSummary, 'contenders' | 'conformal' | 'heldOut'>,
  families: readonly string[],
): Breakdown {
  const bounds = conformal.class_bounds;
  const segments = (keyOf: KeyOf) => segmentsOf(results, heldOut, contenders, keyOf);
  const byNumber = (list: readonly Segment[]) =>
    [...list].sort((left, right) => Number(left.name) - Number(right.name));
  const classes = byNumber(segments(({ level }, i) => String(volumeClassOf(bounds, at(level, i)))));
  return {
    all: segments(() => 'all')[0] ?? { name: 'all', scores: {}, interval: null, cumulative: null },
    window: segments((_points, _i, origin) => toIsoDate(origin)),
    family: segments(({ series }, i) => at(families, at(series, i))).sort((left, right) =>
      left.name < right.name ? -1 : 1,
    ),
    horizon: byNumber(segments(({ h }, i) => String(h[i]))),
    volume: classes.map((segment) => ({ ...segment, name: volumeName(bounds, Number(segment.name)) })),
  };
}

function segmentsOf(
  results: readonly WindowResult[],
  heldOut: readonly HeldOutIntervals[],
  contenders: readonly string[],
  keyOf: KeyOf,
): Segment[] {
  const open = () => ({
    points: contenders.map(() => new PointErrors()),
    daily: new IntervalErrors(),
    cumulative: new IntervalErrors(),
  });
  const sums = new Map<string, ReturnType<typeof open>>();
  const segmentOf = (key: string) => {
    const known = sums.get(key);
    if (known) return known;
    const opened = open();
    sums.set(key, opened);
    return opened;
  };
  results.forEach((result, w) => {
    const { origin, actual, scale, series, cumulative } = result;
    const columns = contenders.map((name) => pointsBy(result, name));
    const intervals = heldOut[w]?.others ?? null;
    actual.forEach((units, i) => {
      const segment = segmentOf(keyOf(result, i, origin));
      const sumOf = `${origin}/${series[i]}`;
      columns.forEach(({ median, mean }, c) => {
        const errors = at(segment.points, c);
        errors.add(units, median[i] as number, mean[i] as number, scale[i] as number, sumOf);
      });
      if (intervals) addInterval(segment.daily, units, intervals.daily, i);
    });
    cumulative.actual.forEach((units, i) => {
      const segment = segmentOf(keyOf(cumulative, i, origin));
      if (intervals) addInterval(segment.cumulative, units, intervals.cumulative, i);
    });
  });
  return [...sums].map(([name, { points, daily, cumulative }]) => ({
    name,
    scores: Object.fromEntries(contenders.map((contender, c) => [contender, at(points, c).scores()])),
    interval: daily.scores(),
    cumulative: cumulative.scores(),
  }));
}

function addInterval(errors: IntervalErrors, actual: number, { p10, p50, p90 }: Intervals, i: number): void {
  errors.add(actual, p10[i] as number, p50[i] as number, p90[i] as number);
}

/** A class as the mean units a day of its series, `12-40`. */
function volumeName(bounds: readonly number[], volumeClass: number): string {
  const units = (bound: number | undefined) => (bound === undefined ? '' : shortNumber(Math.expm1(bound)));
  const from = volumeClass === 0 ? '0' : units(bounds[volumeClass - 1]);
  return volumeClass < bounds.length ? `${from}-${units(bounds[volumeClass])}` : `${from}+`;
}

function shortNumber(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** The contender that a segment's model has to beat: the one with the least RMSLE except itself. */
export function bestBaseline(scores: Readonly<Record<string, { readonly rmsle: number }>>): string | null {
  const ranked = Object.entries(scores)
    .filter(([name]) => name !== MODEL)
    .sort(([, left], [, right]) => left.rmsle - right.rmsle);
  return ranked[0]?.[0] ?? null;
}
