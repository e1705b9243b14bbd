import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type ConformalOptions, volumeClassOf } from '../../../shared/forecast/intervals.ts';
import { MODEL } from './contender.ts';
import { intervalsFromOthers, type WindowIntervals } from './intervals-from-others.ts';
import { IntervalErrors, type IntervalScores, PointErrors, type PointScores } from './point-errors.ts';
import { type BacktestSummary, predictedBy } from './summarize.ts';
import type { WindowResult } from './window-result.ts';

/** The scores of some of the points. */
export interface Segment {
  /** The window's origin, the family, `h` or the volume class. */
  readonly name: string;
  readonly scores: Readonly<Record<string, PointScores>>;
  /** The model's intervals, each window's made from the other windows; null with a single window. */
  readonly interval: IntervalScores | null;
}

/** The same scores, told apart by what may matter. */
export interface Breakdown {
  readonly all: Segment;
  readonly window: readonly Segment[];
  readonly family: readonly Segment[];
  readonly horizon: readonly Segment[];
  /** By mean units a day of the series in the 28 days up to the origin, small ones first. */
  readonly volume: readonly Segment[];
}

/** Tells the errors of all contenders apart by window, family, horizon and volume class. */
export function breakDown(
  results: readonly WindowResult[],
  { contenders, conformal }: Pick<BacktestSummary, 'contenders' | 'conformal'>,
  families: readonly string[],
  options: ConformalOptions,
): Breakdown {
  const bounds = conformal.class_bounds;
  const held = results.map((result) => ({
    result,
    intervals: intervalsFromOthers(results, result, options),
  }));
  const segments = (keyOf: (result: WindowResult, i: number) => string) =>
    segmentsOf(held, contenders, keyOf);
  const byNumber = (list: readonly Segment[]) =>
    [...list].sort((left, right) => Number(left.name) - Number(right.name));
  const classes = byNumber(segments(({ level }, i) => String(volumeClassOf(bounds, level[i] as number))));
  return {
    all: segments(() => 'all')[0] ?? { name: 'all', scores: {}, interval: null },
    window: segments(({ origin }) => toIsoDate(origin)),
    family: segments(({ series }, i) => families[series[i] as number] ?? '?').sort((left, right) =>
      left.name < right.name ? -1 : 1,
    ),
    horizon: byNumber(segments(({ h }, i) => String(h[i]))),
    volume: classes.map((segment) => ({ ...segment, name: volumeName(bounds, Number(segment.name)) })),
  };
}

function segmentsOf(
  held: readonly { readonly result: WindowResult; readonly intervals: WindowIntervals | null }[],
  contenders: readonly string[],
  keyOf: (result: WindowResult, i: number) => string,
): Segment[] {
  const sums = new Map<string, { points: Map<string, PointErrors>; intervals: IntervalErrors }>();
  const open = (key: string) => {
    const known = sums.get(key);
    if (known) return known;
    const points = new Map(contenders.map((name) => [name, new PointErrors()]));
    const opened = { points, intervals: new IntervalErrors() };
    sums.set(key, opened);
    return opened;
  };
  for (const { result, intervals } of held) {
    const columns = contenders.map((name) => [name, predictedBy(result, name)] as const);
    result.actual.forEach((actual, i) => {
      const segment = open(keyOf(result, i));
      for (const [name, units] of columns) {
        segment.points.get(name)?.add(actual, units[i] as number, result.scale[i] as number);
      }
      if (!intervals) return;
      const { p10, p50, p90 } = intervals;
      segment.intervals.add(actual, p10[i] as number, p50[i] as number, p90[i] as number);
    });
  }
  return [...sums].map(([name, { points, intervals }]) => ({
    name,
    scores: Object.fromEntries([...points].map(([contender, errors]) => [contender, errors.scores()])),
    interval: intervals.scores(),
  }));
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

/** The contender that a segment's model has to beat: the one with the least RMSLE besides it. */
export function bestBaseline(scores: Readonly<Record<string, { readonly rmsle: number }>>): string | null {
  const ranked = Object.entries(scores)
    .filter(([name]) => name !== MODEL)
    .sort(([, left], [, right]) => left.rmsle - right.rmsle);
  return ranked[0]?.[0] ?? null;
}
