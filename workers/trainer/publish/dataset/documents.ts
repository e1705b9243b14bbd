import { at } from '../../../../shared/at.ts';
import { isoWeekOf } from '../../../../shared/calendar/date-parts.ts';
import {
  type DayNumber,
  type IsoDate,
  isoWeekday,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY } from '../../../../shared/calendar/tick.ts';
import { RETENTION } from '../../../../shared/sales-store/retention.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { DaySheet, Intraday, PromotionPlan } from '../../../../shared/schemas/day-sheet.ts';
import { type HistoryChunk, MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../../shared/schemas/series.ts';
import { inferClosures } from '../../data/closures/infer-closures.ts';
import { type Dataset, lastDayOf } from '../../data/dataset.ts';
import { addAlongCurve, intradayCurve } from './intraday-curve.ts';

/** Days of five-minute slots that are published before `live_from`. */
const INTRADAY_DAYS = 7;
/** Days before `live_from` that are still replayed and planned, for a pipeline that lags behind the calendar. */
const LAG_DAYS = 7;
/** Days after the history for which closures are listed: a catalog that is not renewed for a year still has them. */
const CLOSURE_DAYS = 400;
/** Days before the history whose holidays and oil prices are published, for windows that reach back. */
const COVARIATE_LOOKBACK_DAYS = 60;

/** A dataset and the day on which its live part starts, with what every document needs of them. */
export interface Publication {
  readonly dataset: Dataset;
  readonly keys: readonly string[];
  /** First day of the published history, as an index into the panel. */
  readonly historyStart: number;
  /** The day `live_from`, as an index into the panel; `dayCount` when nothing is replayed. */
  readonly liveStart: number;
  /** First day of sheets and plans, as an index into the panel. */
  readonly replayStart: number;
}

/** @param liveDay first live day; at least one day of the panel must lie before it. */
export function createPublication(dataset: Dataset, liveDay: DayNumber): Publication {
  const { panel } = dataset;
  const liveStart = liveDay - panel.firstDay;
  if (liveStart < 1 || liveStart > panel.dayCount) {
    throw new RangeError(
      `live_from ${toIsoDate(liveDay)} must lie after ${toIsoDate(panel.firstDay)} and at the latest on the day ` +
        `after the dataset's last, ${toIsoDate(lastDayOf(panel))}`,
    );
  }
  return {
    dataset,
    keys: panel.series.map(({ storeNbr, family }) => seriesKey(storeNbr, family)),
    historyStart: Math.max(0, liveStart - RETENTION.historyDays),
    liveStart,
    replayStart: Math.max(0, liveStart - LAG_DAYS),
  };
}

/** @param history all finished days, if more of them are known than the dataset has before `live_from` */
export function buildCatalog(
  { dataset, keys, historyStart, liveStart }: Publication,
  history?: Dataset,
): Catalog {
  const { panel } = dataset;
  const origin = history ? lastDayOf(history.panel) : panel.firstDay + liveStart - 1;
  const from = toIsoDate(panel.firstDay + historyStart - COVARIATE_LOOKBACK_DAYS);
  // Prices are carried forward, so the one in force on the first of these days may be older.
  const oilStart = Math.max(
    0,
    dataset.oil.findLastIndex(({ date }) => date <= from),
  );
  return {
    schema_version: 1,
    dataset: dataset.name,
    shift_days: dataset.shiftDays,
    first_date: toIsoDate(panel.firstDay),
    live_from: toIsoDate(panel.firstDay + liveStart),
    last_date: toIsoDate(lastDayOf(panel)),
    has_tickets: panel.tickets !== null,
    stores: [...dataset.stores],
    families: [...dataset.families],
    series: [...keys],
    holidays: dataset.holidays.filter(({ date }) => date >= from),
    oil: dataset.oil.slice(oilStart),
    closures: inferClosures(history ?? dataset, origin, CLOSURE_DAYS),
  };
}

export function buildHistoryChunk(
  { dataset, historyStart, liveStart }: Publication,
  storeIndex: number,
): HistoryChunk {
  const { panel, stores } = dataset;
  const { store_nbr: storeNbr } = at(stores, storeIndex);
  const ticketsRow = storeIndex * panel.dayCount;
  return {
    store_nbr: storeNbr,
    first_date: toIsoDate(panel.firstDay + historyStart),
    last_date: toIsoDate(panel.firstDay + liveStart - 1),
    tickets:
      panel.tickets && Array.from(panel.tickets.subarray(ticketsRow + historyStart, ticketsRow + liveStart)),
    series: panel.series.flatMap((series, s) => {
      if (series.storeNbr !== storeNbr) return [];
      const sales = s * panel.dayCount;
      const plan = s * panel.plannedDayCount;
      return [
        {
          family: series.family,
          milli_units: Array.from(panel.milliUnits.subarray(sales + historyStart, sales + liveStart)),
          onpromotion: Array.from(panel.onpromotion.subarray(plan + historyStart, plan + liveStart)),
        },
      ];
    }),
  };
}

/** A series without a value on that day is not replayed: the sheet leaves it out. */
export function buildDaySheet({ dataset, keys }: Publication, dayIndex: number): DaySheet {
  const { panel, stores } = dataset;
  const day = panel.firstDay + dayIndex;
  const series: string[] = [];
  const milliUnits: number[] = [];
  const onpromotion: number[] = [];
  const sold = new Map<string, number>();
  panel.series.forEach(({ storeNbr }, s) => {
    const units = at(panel.milliUnits, s * panel.dayCount + dayIndex);
    if (units === MISSING) return;
    series.push(at(keys, s));
    milliUnits.push(units);
    onpromotion.push(at(panel.onpromotion, s * panel.plannedDayCount + dayIndex));
    sold.set(storeNbr, (sold.get(storeNbr) ?? 0) + units);
  });
  // Not object literals with names as keys: a store may be called __proto__.
  const tickets: [string, number][] = [];
  const curves: [string, number[]][] = [];
  stores.forEach((store, index) => {
    const count = panel.tickets?.[index * panel.dayCount + dayIndex] ?? MISSING;
    if (count >= 0) tickets.push([store.store_nbr, count]);
    if (count > 0 || (sold.get(store.store_nbr) ?? 0) > 0) {
      curves.push([store.store_nbr, [...intradayCurve(store, isoWeekday(day))]]);
    }
  });
  return {
    date: toIsoDate(day),
    series,
    milli_units: milliUnits,
    onpromotion,
    tickets: Object.fromEntries(tickets),
    curves: Object.fromEntries(curves),
  };
}

/**
 * The days that have a sheet, as indices into the panel: from `replayStart` to the last, or none if nothing is replayed
 * because sales arrive from elsewhere.
 */
export function replayedDays({ dataset, liveStart, replayStart }: Publication): number[] {
  const { dayCount } = dataset.panel;
  return liveStart === dayCount
    ? []
    : Array.from({ length: dayCount - replayStart }, (_, i) => replayStart + i);
}

/** One plan per ISO week, for every planned day from `replayStart` on. */
export function* buildPromotionPlans({ dataset, keys, replayStart }: Publication): Generator<PromotionPlan> {
  const { panel } = dataset;
  let week = '';
  let days: Record<IsoDate, number[]> = {};
  for (let index = replayStart; index < panel.plannedDayCount; index += 1) {
    const day = panel.firstDay + index;
    if (isoWeekOf(day) !== week) {
      if (week) yield { week, series: [...keys], days };
      week = isoWeekOf(day);
      days = {};
    }
    days[toIsoDate(day)] = panel.series.map((_, s) =>
      at(panel.onpromotion, s * panel.plannedDayCount + index),
    );
  }
  if (week) yield { week, series: [...keys], days };
}

export function buildIntraday({ dataset, liveStart }: Publication): Intraday {
  const { panel, stores } = dataset;
  const days: Record<IsoDate, number[]> = {};
  for (let index = Math.max(0, liveStart - INTRADAY_DAYS); index < liveStart; index += 1) {
    const day = panel.firstDay + index;
    const totals = new Map<string, number>();
    panel.series.forEach(({ storeNbr }, s) => {
      const milliUnits = Math.max(0, at(panel.milliUnits, s * panel.dayCount + index));
      totals.set(storeNbr, (totals.get(storeNbr) ?? 0) + milliUnits);
    });
    const slots = new Float64Array(SLOTS_PER_DAY);
    for (const store of stores) {
      addAlongCurve(totals.get(store.store_nbr) ?? 0, intradayCurve(store, isoWeekday(day)), slots);
    }
    days[toIsoDate(day)] = Array.from(slots);
  }
  return { days };
}
