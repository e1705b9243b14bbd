import type { DayNumber } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { logCount, logUnits } from './log-cache.ts';
import type { SeriesHistory } from './series-history.ts';
import { prefixMeansOf } from './window-statistics.ts';

/** Days that the longest window looks back, the origin included. */
export const WINDOW_DAYS = 140;

/** Days up to the origin whose mean demand is told. */
export const MEAN_DAYS = [3, 7, 14, 28, 60, WINDOW_DAYS] as const;
/** Where the means of 7, 28 and all days are in `OriginWindow.means`. */
export const MEAN_7 = 1;
export const MEAN_28 = 3;
export const MEAN_140 = 5;

/** A store that sells nothing for longer than this is not on holiday: its zeros are demand, or the lack of it. */
export const LONGEST_CLOSURE_DAYS = 3;

/** Share of a store's mean tickets below which a day was cut short. */
const QUIET_SHARE = 0.3;

/**
 * The days up to one origin, most recent first: index 0 is the origin, index k the day k days before it.
 * Working space, loaded again for each origin.
 */
export interface OriginWindow {
  /** log1p(units); NaN where not known and where the store was closed. */
  readonly demand: Float64Array;
  /** Items on promotion; 0 before the history begins. */
  readonly promotion: Float64Array;
  /** log1p(tickets); NaN where not known or none. */
  readonly tickets: Float64Array;
  /** Mean demand of the last `MEAN_DAYS[i]` days. */
  readonly means: Float64Array;
  /** Whether the store's tickets are known on any day of the window. */
  hasTickets: boolean;
}

export function createOriginWindow(): OriginWindow {
  return {
    demand: new Float64Array(WINDOW_DAYS),
    promotion: new Float64Array(WINDOW_DAYS),
    tickets: new Float64Array(WINDOW_DAYS),
    means: new Float64Array(MEAN_DAYS.length),
    hasTickets: false,
  };
}

/**
 * Reads the `WINDOW_DAYS` days up to `origin`. At a store that counts tickets, a day without sales and tickets is a
 * closure, and so is one with less than `QUIET_SHARE` of the mean tickets: unknown demand, not a demand of zero, so that a
 * holiday or a power cut does not drag down the means of the weeks after it. What closures of more than
 * `LONGEST_CLOSURE_DAYS` leave stands as it is.
 */
export function loadOriginWindow(window: OriginWindow, history: SeriesHistory, origin: DayNumber): void {
  const at = origin - history.firstDay;
  let ticketSum = 0;
  let ticketDays = 0;
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const tickets = valueAt(history.tickets, at - k, MISSING);
    if (tickets > 0) {
      ticketSum += tickets;
      ticketDays++;
      window.tickets[k] = logCount(tickets);
    } else {
      window.tickets[k] = Number.NaN;
    }
    window.promotion[k] = valueAt(history.onpromotion, at - k, 0);
  }
  window.hasTickets = ticketDays > 0;
  const quiet = Math.log1p((QUIET_SHARE * ticketSum) / ticketDays);
  let closedDays = 0;
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const milliUnits = valueAt(history.milliUnits, at - k, MISSING);
    window.demand[k] = milliUnits < 0 ? Number.NaN : logUnits(milliUnits);
    const tickets = window.tickets[k] as number;
    const isClosed = Number.isNaN(tickets) ? window.hasTickets && milliUnits <= 0 : tickets < quiet;
    if (isClosed) {
      closedDays++;
    } else {
      forgetClosure(window.demand, k, closedDays);
      closedDays = 0;
    }
  }
  forgetClosure(window.demand, WINDOW_DAYS, closedDays);
  prefixMeansOf(window.demand, MEAN_DAYS, window.means);
}

/** Makes the `days` values before index `end` unknown, if they are few enough to be a closure. */
function forgetClosure(demand: Float64Array, end: number, days: number): void {
  if (days > LONGEST_CLOSURE_DAYS) return;
  for (let k = end - days; k < end; k++) demand[k] = Number.NaN;
}

/** The value at `index`, or `absent` outside the column. */
export function valueAt(column: Int32Array | Uint16Array, index: number, absent: number): number {
  return index < 0 || index >= column.length ? absent : (column[index] as number);
}
