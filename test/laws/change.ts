import type { SeriesKey } from '../../shared/schemas/series.ts';
import type { PanelForecast } from '../support/trainer/forecast-panel.ts';

/** Forecast medians of the same series-day before and after something was changed, in units. */
export interface Pair {
  readonly series: SeriesKey;
  readonly h: number;
  readonly before: number;
  readonly after: number;
}

/** A difference of so many units is none. */
export const ESCAPE_UNITS = 1;

/**
 * Pairs the series-days of two forecasts; `after` is NaN where the second forecast lacks the series or the day.
 *
 * @param keyAfter the series' key after the change; null leaves a series out
 */
export function pairForecasts(
  before: PanelForecast,
  after: PanelForecast,
  keyAfter: (key: SeriesKey) => SeriesKey | null = (key) => key,
): Pair[] {
  const pairs: Pair[] = [];
  for (const [key, { days }] of before.series) {
    const other = keyAfter(key);
    if (other === null) continue;
    const others = after.series.get(other)?.days;
    days.forEach(({ median }, i) => {
      pairs.push({ series: key, h: i + 1, before: median, after: others?.[i]?.median ?? Number.NaN });
    });
  }
  return pairs;
}

/** |a - b| / max(a, b), in which a forecast below one unit counts as one; infinite where a forecast is missing. */
export function relativeChange({ before, after }: Pair): number {
  if (Number.isNaN(before - after)) return Number.POSITIVE_INFINITY;
  return Math.abs(before - after) / Math.max(before, after, 1);
}

/** The relative change, 0 for one of at most `ESCAPE_UNITS`. */
export function notableChange(pair: Pair): number {
  return Math.abs(pair.before - pair.after) <= ESCAPE_UNITS ? 0 : relativeChange(pair);
}

/** The share of values that lie at or below the answer is at least `share`; NaN for none. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
