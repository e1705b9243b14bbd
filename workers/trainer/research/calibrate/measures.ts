import { at } from '../../../../shared/at.ts';
import { DAYS_PER_WEEK, isoWeekday } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import type { Dataset, Panel } from '../../data/dataset.ts';

/** The columns of one series. */
export interface SeriesColumns {
  readonly storeNbr: string;
  readonly family: string;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
  /** 1 on days on which the series' store sold anything at all. */
  readonly open: Uint8Array;
}

/** Some series of a panel over its whole span. */
export interface Selection {
  readonly firstDay: number;
  readonly dayCount: number;
  readonly series: readonly SeriesColumns[];
}

export function selectSeries(
  { firstDay, dayCount, plannedDayCount, series, milliUnits, onpromotion }: Panel,
  isWanted: (series: { readonly storeNbr: string; readonly family: string }) => boolean = () => true,
): Selection {
  const open = new Map<string, Uint8Array>();
  series.forEach(({ storeNbr }, s) => {
    const days = open.get(storeNbr) ?? new Uint8Array(dayCount);
    open.set(storeNbr, days);
    for (let day = 0; day < dayCount; day += 1) {
      if ((milliUnits[s * dayCount + day] as number) > 0) days[day] = 1;
    }
  });
  return {
    firstDay,
    dayCount,
    series: series.flatMap(({ storeNbr, family }, s) =>
      isWanted({ storeNbr, family })
        ? [
            {
              storeNbr,
              family,
              milliUnits: milliUnits.subarray(s * dayCount, (s + 1) * dayCount),
              onpromotion: onpromotion.subarray(s * plannedDayCount, s * plannedDayCount + dayCount),
              open: open.get(storeNbr) ?? new Uint8Array(dayCount),
            },
          ]
        : [],
    ),
  };
}

/** The `count` stores that sell most over the whole span. */
export function largestStores({ panel, stores }: Dataset, count: number): ReadonlySet<string> {
  const totals = new Map(stores.map(({ store_nbr }) => [store_nbr, 0]));
  panel.series.forEach(({ storeNbr }, s) => {
    let sum = 0;
    for (const value of panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount)) {
      sum += Math.max(0, value);
    }
    totals.set(storeNbr, (totals.get(storeNbr) ?? 0) + sum);
  });
  const sorted = [...totals].sort(([, left], [, right]) => right - left);
  return new Set(sorted.slice(0, count).map(([storeNbr]) => storeNbr));
}

/** Errors of a forecast, pooled over points. */
export interface ForecastError {
  readonly rmsle: number;
  /** sum |y - yhat| / sum |y|. */
  readonly wape: number;
}

/** Mean units by weekday, Monday first, as a share of their mean: 1 is an average day. */
export function weekdayProfile({ firstDay, series }: Selection): readonly number[] {
  const sums = new Float64Array(DAYS_PER_WEEK);
  const counts = new Float64Array(DAYS_PER_WEEK);
  for (const { milliUnits } of series) {
    milliUnits.forEach((value, day) => {
      const weekday = isoWeekday(firstDay + day) - 1;
      sums[weekday] = (sums[weekday] as number) + Math.max(0, value);
      counts[weekday] = (counts[weekday] as number) + 1;
    });
  }
  const means = Array.from(sums, (sum, weekday) => sum / at(counts, weekday));
  const mean = means.reduce((total, value) => total + value, 0) / DAYS_PER_WEEK;
  return means.map((value) => value / mean);
}

export function meanUnits({ series, dayCount }: Selection): number {
  let sum = 0;
  for (const { milliUnits } of series) for (const value of milliUnits) sum += Math.max(0, value);
  return sum / 1000 / (series.length * dayCount);
}

/** Share of cells that are exactly zero. */
export function zeroShare({ series, dayCount }: Selection): number {
  let zeros = 0;
  for (const { milliUnits } of series) for (const value of milliUnits) zeros += Number(value === 0);
  return zeros / (series.length * dayCount);
}

/** Share of cells with at least one promoted item, in the days from `from` up to but not including `to`. */
export function promotionShare({ series }: Selection, from: number, to: number): number {
  let promoted = 0;
  for (const { onpromotion } of series) {
    for (const items of onpromotion.subarray(from, to)) promoted += Number(items > 0);
  }
  return promoted / (series.length * (to - from));
}

/** Mean promoted items a day in the days from `from` up to but not including `to`. */
export function promotedItems({ series }: Selection, from: number, to: number): number {
  let sum = 0;
  for (const { onpromotion } of series) for (const items of onpromotion.subarray(from, to)) sum += items;
  return sum / (series.length * (to - from));
}

/**
 * The apparent effect of a promotion: the median, over promoted days, of sales divided by the median sales of the
 * same weekday one and two weeks before and after, where those days had no promotion; null without any such day.
 */
export function promotionRatio({ series }: Selection): number | null {
  const ratios = series.flatMap(promotionRatios);
  return ratios.length === 0 ? null : upperMedian(ratios);
}

function promotionRatios({ milliUnits, onpromotion }: SeriesColumns): readonly number[] {
  const ratios: number[] = [];
  onpromotion.forEach((items, day) => {
    const sold = at(milliUnits, day);
    if (items === 0 || sold <= 0) return;
    const plain = [-2, -1, 1, 2]
      .map((weeks) => weeks * DAYS_PER_WEEK)
      .filter((offset) => onpromotion[day + offset] === 0)
      .map((offset) => at(milliUnits, day + offset))
      .filter((value) => value > 0);
    if (plain.length > 0) ratios.push(sold / upperMedian(plain));
  });
  return ratios;
}

/**
 * Error of the forecast "mean of the same weekday in the last `weeks` weeks before the window".
 *
 * @param openOnly leaves out days on which the store was closed, and days whose forecast reads such a day: a handful
 *   of them dominates the RMSLE, and the windows in which they fall are a matter of chance.
 */
export function sameWeekdayError(
  { series }: Selection,
  origins: readonly number[],
  weeks: number,
  openOnly: boolean,
): ForecastError {
  let squares = 0;
  let absolute = 0;
  let total = 0;
  let count = 0;
  for (const { milliUnits, open } of series) {
    for (const origin of origins) {
      for (let h = 1; h <= HORIZON; h += 1) {
        const actual = milliUnits[origin + h] ?? -1;
        const latest = origin + h - DAYS_PER_WEEK * Math.ceil(h / DAYS_PER_WEEK);
        let forecast = 0;
        let openDays = open[origin + h] ?? 0;
        for (let week = 0; week < weeks; week += 1) {
          forecast += Math.max(0, milliUnits[latest - DAYS_PER_WEEK * week] ?? 0) / weeks;
          openDays += open[latest - DAYS_PER_WEEK * week] ?? 0;
        }
        if (actual < 0 || (openOnly && openDays <= weeks)) continue;
        squares += (Math.log1p(actual / 1000) - Math.log1p(forecast / 1000)) ** 2;
        absolute += Math.abs(actual - forecast) / 1000;
        total += actual / 1000;
        count += 1;
      }
    }
  }
  return { rmsle: Math.sqrt(squares / Math.max(1, count)), wape: total > 0 ? absolute / total : Number.NaN };
}

/** Origins of `windows` windows that end with the span and do not overlap. */
export function lastOrigins(dayCount: number, windows: number): readonly number[] {
  return Array.from({ length: windows }, (_, window) => dayCount - 1 - HORIZON * (window + 1));
}

/** The middle of the values, the upper one of two. */
function upperMedian(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
