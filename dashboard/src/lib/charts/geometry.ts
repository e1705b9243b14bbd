import { DAYS_PER_WEEK, type DayNumber, isoWeekday } from '../../../../shared/calendar/day-number.ts';

/** Maps a number of the domain to a pixel, linearly; `invert` maps it back. */
export interface Scale {
  (value: number): number;
  invert(pixel: number): number;
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  // A domain without width (one day, one value) maps to the start of the range instead of dividing by zero.
  const width = domain[1] - domain[0] || 1;
  const length = range[1] - range[0];
  const scale = (value: number) => range[0] + ((value - domain[0]) / width) * length;
  const invert = (pixel: number) =>
    length === 0 ? domain[0] : domain[0] + ((pixel - range[0]) / length) * width;
  return Object.assign(scale, { invert });
}

/**
 * Round numbers from 0 up to at least `largest`, about `count` steps of 1, 2, 2.5 or 5 times a power of ten.
 *
 * @returns at least `[0, 1]`; the last one is the top of the axis.
 */
export function niceTicks(largest: number, count: number): number[] {
  const top = Number.isFinite(largest) && largest > 0 ? largest : 1;
  const rough = top / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  // Quarter steps would show as 0.25 on axes of counts.
  const factors = power >= 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10];
  const factor = factors.find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  // Multiplied, not summed up: sums of 0.1 drift.
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/**
 * The days that get a label under a chart of days: Mondays, as many weeks apart as the width demands.
 *
 * @param pixelsPerDay Width of one day.
 * @param labelWidth Room that one label needs, in pixels, its gap included.
 */
export function labelledDays(
  first: DayNumber,
  last: DayNumber,
  pixelsPerDay: number,
  labelWidth: number,
): DayNumber[] {
  const weeks = Math.max(1, Math.ceil(labelWidth / Math.max(pixelsPerDay * DAYS_PER_WEEK, 0.001)));
  const days: DayNumber[] = [];
  // Counted back from the last Monday, so that the recent end always has its label.
  for (let day = last - isoWeekday(last) + 1; day >= first; day -= DAYS_PER_WEEK * weeks) days.unshift(day);
  return days;
}

/** A point in pixels; null interrupts the line, for days whose value is unknown. */
export type PathPoint = readonly [x: number, y: number] | null;

const at = (value: number): string => String(Math.round(value * 100) / 100);

/** The `d` of a line through the points, lifted at every gap. A point alone between gaps becomes a dot-long stroke. */
export function linePath(points: readonly PathPoint[]): string {
  let path = '';
  points.forEach((point, index) => {
    if (point === null) return;
    const joined = index > 0 && points[index - 1] !== null;
    path += `${joined ? 'L' : 'M'}${at(point[0])} ${at(point[1])}`;
    const alone = !joined && (points[index + 1] ?? null) === null;
    if (alone) path += 'h0.01';
  });
  return path;
}

/** The `d` of the area between two lines with the same x values, e.g. the band from p10 to p90. */
export function bandPath(
  points: readonly { readonly x: number; readonly low: number; readonly high: number }[],
): string {
  if (points.length === 0) return '';
  const top = points.map((point) => `${at(point.x)} ${at(point.high)}`);
  const bottom = points.toReversed().map((point) => `${at(point.x)} ${at(point.low)}`);
  return `M${[...top, ...bottom].join('L')}Z`;
}

/** The position whose x is nearest to a pixel, for positions that lie at equal distances. */
export function nearestPosition(pixel: number, firstX: number, lastX: number, count: number): number {
  if (count <= 1 || lastX === firstX) return 0;
  const position = Math.round(((pixel - firstX) / (lastX - firstX)) * (count - 1));
  return Math.min(count - 1, Math.max(0, position));
}

/**
 * The position to which a key moves the cursor; null for a key that does not move it.
 *
 * @param page Step of Page Up and Page Down.
 */
export function moveCursor(key: string, position: number, count: number, page: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: position - 1,
    ArrowDown: position - 1,
    ArrowRight: position + 1,
    ArrowUp: position + 1,
    PageDown: position - page,
    PageUp: position + page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? null : Math.min(count - 1, Math.max(0, target));
}

/** Left edge of a tooltip next to x: to its right where there is room, else to its left, never outside. */
export function placeTooltip(x: number, width: number, chartWidth: number, gap = 14): number {
  if (x + gap + width <= chartWidth) return x + gap;
  return Math.max(0, Math.min(x - gap - width, chartWidth - width));
}
