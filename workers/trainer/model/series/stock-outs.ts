import { at } from '../../../../shared/at.ts';
import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { WINDOW_DAYS } from '../../../../shared/features/origin-window.ts';
import type { SeriesHistory } from '../../../../shared/features/series-history.ts';
import { isNoChance, isStockOut, silencesOf } from '../../../../shared/features/silence.ts';

/**
 * Marks the stock-outs of a series that are over: silences that neither chance nor habit explain, by the 140 days
 * before and after. Their zeros were no lack of demand. A silence that goes on is not marked, nor are the days before
 * the first sale.
 *
 * @param milliUnits units x 1000 by day, below 0 where not known
 * @param closed 1 on days on which the store was closed
 * @returns 1 on the days of a stock-out
 */
export function stockOutDays(milliUnits: Int32Array, closed: Uint8Array): Uint8Array {
  const known = milliUnits.map((value, day) => (closed[day] === 1 ? -1 : value));
  const marked = new Uint8Array(milliUnits.length);
  const firstSale = known.findIndex((value) => value > 0);
  const lastSale = known.findLastIndex((value) => value > 0);
  const silences = silencesOf(known).filter(({ from, to }) => from > firstSale && to < lastSale);
  const days = countsBefore(known, (value) => value >= 0);
  const zeros = countsBefore(known, (value) => value === 0);
  silences.forEach((silence, i) => {
    const first = Math.max(0, silence.from - WINDOW_DAYS);
    const end = Math.min(known.length, silence.to + 1 + WINDOW_DAYS);
    const otherZeros = at(zeros, end) - at(zeros, first) - silence.days;
    const otherDays = at(days, end) - at(days, first) - silence.days;
    // Most silences are chance, and whether one is a habit takes a look at many others.
    if (!isNoChance(silence.days, otherZeros, otherDays)) return;
    const near = silences.slice(Math.max(0, i - WINDOW_DAYS), i + WINDOW_DAYS);
    const others = near.filter(({ from, to }) => to >= first && from < end);
    if (isStockOut(silence, others, otherZeros, otherDays)) marked.fill(1, silence.from, silence.to + 1);
  });
  return marked;
}

/** How many of the first n days meet a condition, for each n. */
export function countsBefore(milliUnits: Int32Array, isCounted: (value: number) => boolean): Int32Array {
  const counts = new Int32Array(milliUnits.length + 1);
  milliUnits.forEach((value, day) => {
    counts[day + 1] = (counts[day] as number) + (isCounted(value) ? 1 : 0);
  });
  return counts;
}

/** Days without a sale from which on the first one is a launch. */
const LISTED_DAYS = 28;

/**
 * The day of the first sale of a product that had been listed for at least four weeks, each without a sale.
 *
 * @param milliUnits units x 1000 by day, below 0 where not known
 * @param closed 1 on days on which the store was closed
 * @returns -1 for any other product
 */
export function launchDay(milliUnits: Int32Array, closed: Uint8Array): number {
  const firstSale = milliUnits.findIndex((value) => value > 0);
  const listed = milliUnits.subarray(0, firstSale).filter((value, day) => value === 0 && closed[day] !== 1);
  return listed.length >= LISTED_DAYS ? firstSale : -1;
}

/** The days on which a product was listed but could not be bought: they say nothing about its level. */
export interface Availability {
  /** 1 on the days of a stock-out that is over, off-seasons among them. */
  readonly stockOut: Uint8Array;
  /** Day of the first sale of a product that was listed long before; -1 for any other. */
  readonly launch: number;
  /** 1 on days of stock-outs and on those before a launch. */
  readonly unavailable: Uint8Array;
}

const remembered = new WeakMap<Int32Array, Availability & { readonly closed: Uint8Array }>();

/**
 * When a series could be bought, as known on a day. Every part of a fit asks for the same day: the last answer of each
 * series is remembered, by its arrays, which must not change.
 *
 * @param lastDay no later day is read
 */
export function availabilityOf(
  { milliUnits, firstDay }: Pick<SeriesHistory, 'milliUnits' | 'firstDay'>,
  closed: Uint8Array,
  lastDay: DayNumber,
): Availability {
  const days = Math.max(0, Math.min(milliUnits.length, lastDay + 1 - firstDay));
  const last = remembered.get(milliUnits);
  if (last?.closed === closed && last.stockOut.length === days) return last;
  const past = milliUnits.subarray(0, days);
  const stockOut = stockOutDays(past, closed);
  const launch = launchDay(past, closed);
  const found = { stockOut, launch, unavailable: stockOut.slice().fill(1, 0, Math.max(0, launch)), closed };
  remembered.set(milliUnits, found);
  return found;
}
