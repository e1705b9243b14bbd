import { DAYS_PER_WEEK, type DayNumber } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { itemsAt, type SeriesHistory, valueAt } from './series-history.ts';
import { forgetStockOuts } from './silence.ts';
import { createWeekdayLevels, loadWeekdayLevels, type WeekdayLevels } from './weekday-levels.ts';
import { logCount, logUnits, meanOf, prefixMeansOf } from './window-statistics.ts';
import { LOOKBACK_DAYS } from './year-ago-features.ts';

/** Days that the longest window looks back, the origin included. */
export const WINDOW_DAYS = 140;

/** Days up to the origin whose mean demand is a feature. */
export const MEAN_DAYS = [3, 7, 14, 28, 60, WINDOW_DAYS] as const;
/** Where the means of 7, 28 and all days are in `OriginWindow.means`. */
export const MEAN_7 = 1;
export const MEAN_28 = 3;
export const MEAN_140 = 5;

/** A store that sells nothing for longer than this is not on holiday: its zeros are demand, or the lack of it. */
export const LONGEST_CLOSURE_DAYS = 3;

/** Days up to the origin whose tickets are features. */
const TICKET_DAYS = 28;

/** Share of a store's mean tickets below which a day was cut short. */
const QUIET_SHARE = 0.3;

/** Days up to the origin of which unknown ones take the value of their anchor. */
const FILLED_DAYS = 28;

/** Pseudo-count: with this many known same weekdays, a weekday's difference gets half its weight. */
const WEEKDAY_PSEUDO_COUNT = 2;

/**
 * Where the anchor of a weekday comes from, in this order: sales on the last four days of that weekday; on other days
 * of the last four weeks; further back in the window.
 */
export const ANCHOR_KIND = { weekday: 0, recent: 1, past: 2 } as const;

/** Days of a series that have to be known in the window before trees correct its anchor. */
export const MIN_KNOWN_DAYS = 14;

/** Known days of the last `FILLED_DAYS` that are enough to anchor a series that was away before. */
const MIN_RECENT_DAYS = 7;
/** Share of its usual number of known days that is enough for a series that rarely has one. */
const MIN_RECENT_SHARE = 0.5;

/**
 * The days up to one origin, most recent first: index 0 is the origin, index k the day k days before it.
 * Working space, loaded again for each origin.
 */
export interface OriginWindow {
  /**
   * log1p(units); NaN where not known, where the store was closed and where it was out of stock, except in the last
   * `FILLED_DAYS` days: there an unknown day takes the value of its weekday's anchor, so that no lag is ever missing
   * and a lost day affects only itself.
   */
  readonly demand: Float64Array;
  /** Items on promotion; 0 before the history begins. */
  readonly promotion: Float64Array;
  /** log1p(tickets) of the last `TICKET_DAYS` days; NaN where not known or none. */
  readonly tickets: Float64Array;
  /** Mean demand of the last `MEAN_DAYS[i]` days. */
  readonly means: Float64Array;
  /** Known days behind each of the means, before unknown ones are filled. */
  readonly knownDaysOfMeans: Uint16Array;
  /** What is usual on each weekday, by `weekdayLag`. */
  readonly weekdays: WeekdayLevels;
  /** The value to which the model's margin is added, by `weekdayLag`: see `ANCHOR_KIND`. 0 where no day is known. */
  readonly anchors: Float64Array;
  /** `ANCHOR_KIND` of each. */
  readonly anchorKinds: Uint8Array;
  /** Mean demand of the days with items on promotion, and of those without. */
  promotedMean: number;
  unpromotedMean: number;
  /** Days of the window whose demand is known. */
  knownDays: number;
  /** Whether the store's tickets are known on any day of the window. */
  hasTickets: boolean;
  /** Working space of medians. */
  readonly sorted: Float64Array;
}

export function createOriginWindow(): OriginWindow {
  return {
    demand: new Float64Array(WINDOW_DAYS),
    promotion: new Float64Array(WINDOW_DAYS),
    tickets: new Float64Array(TICKET_DAYS),
    means: new Float64Array(MEAN_DAYS.length),
    knownDaysOfMeans: new Uint16Array(MEAN_DAYS.length),
    weekdays: createWeekdayLevels(),
    anchors: new Float64Array(DAYS_PER_WEEK),
    anchorKinds: new Uint8Array(DAYS_PER_WEEK),
    promotedMean: Number.NaN,
    unpromotedMean: Number.NaN,
    knownDays: 0,
    hasTickets: false,
    sorted: new Float64Array(WINDOW_DAYS),
  };
}

/** Reads the `WINDOW_DAYS` days up to `origin`, fills the last weeks, and measures everything that is usual in them. */
export function loadOriginWindow(window: OriginWindow, history: SeriesHistory, origin: DayNumber): void {
  loadKnownDemand(window, history, origin);
  forgetStockOutsUpTo(origin, history, window.demand);
  prefixMeansOf(window.demand, MEAN_DAYS, window.means, window.knownDaysOfMeans);
  loadAnchors(window);
  fillRecentDays(window);
  loadMeansByPromotion(window);
}

/**
 * `forgetStockOuts` for the `WINDOW_DAYS` days up to `origin`: whether the series sold anything before them is read
 * from the days that serving has, too.
 */
export function forgetStockOutsUpTo(origin: DayNumber, history: SeriesHistory, demand: Float64Array): number {
  return forgetStockOuts(demand, () => hasSoldBefore(history, origin));
}

function hasSoldBefore({ milliUnits, firstDay }: SeriesHistory, origin: DayNumber): boolean {
  for (let k = WINDOW_DAYS; k < LOOKBACK_DAYS; k++) {
    if (valueAt(milliUnits, origin - k - firstDay, MISSING) > 0) return true;
  }
  return false;
}

/**
 * Reads demand, promotions and tickets of the `WINDOW_DAYS` days up to `origin`. At a store that counts tickets, a day
 * without sales and tickets is a closure, and so is one with less than `QUIET_SHARE` of the mean tickets: unknown
 * demand, not a demand of zero, so that a holiday or a power cut does not drag down the means of the following weeks.
 * Closures of more than `LONGEST_CLOSURE_DAYS` days are left unchanged.
 */
export function loadKnownDemand(window: OriginWindow, history: SeriesHistory, origin: DayNumber): void {
  const at = origin - history.firstDay;
  let ticketSum = 0;
  let ticketDays = 0;
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const tickets = valueAt(history.tickets, at - k, MISSING);
    if (tickets > 0) {
      ticketSum += tickets;
      ticketDays++;
    }
    if (k < TICKET_DAYS) window.tickets[k] = tickets > 0 ? logCount(tickets) : Number.NaN;
    window.promotion[k] = itemsAt(history.onpromotion, at - k);
  }
  window.hasTickets = ticketDays > 0;
  const fewest = window.hasTickets ? fewestTickets((QUIET_SHARE * ticketSum) / ticketDays) : 0;
  let closedDays = 0;
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const milliUnits = valueAt(history.milliUnits, at - k, MISSING);
    window.demand[k] = milliUnits < 0 ? Number.NaN : logUnits(milliUnits);
    if (!window.hasTickets) continue;
    const tickets = valueAt(history.tickets, at - k, MISSING);
    const isClosed = tickets <= 0 ? milliUnits <= 0 : tickets < fewest;
    if (isClosed) {
      closedDays++;
    } else {
      forgetClosure(window.demand, k, closedDays);
      closedDays = 0;
    }
  }
  forgetClosure(window.demand, WINDOW_DAYS, closedDays);
}

/**
 * Whether the days of a window anchor a series: enough of them are known, and enough of the last weeks, because the
 * first day after a long closure is often none like others. Any other series is forecast by what it, or its peers,
 * sold before.
 */
export function isAnchored({ knownDays, knownDaysOfMeans }: OriginWindow): boolean {
  const usual = (knownDays * FILLED_DAYS) / WINDOW_DAYS;
  const recent = knownDaysOfMeans[MEAN_28] as number;
  return knownDays >= MIN_KNOWN_DAYS && recent >= Math.min(MIN_RECENT_DAYS, MIN_RECENT_SHARE * usual);
}

/** The chain of anchors, from the known days alone. */
function loadAnchors(window: OriginWindow): void {
  const { demand, means, weekdays, anchors, anchorKinds } = window;
  window.knownDays = window.knownDaysOfMeans[MEAN_140] as number;
  loadWeekdayLevels(weekdays, demand);
  const recent = means[MEAN_28] as number;
  const past = means[MEAN_140] as number;
  const isRecent = !Number.isNaN(recent);
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    const level = weekdays.levels[lag] as number;
    if (!Number.isNaN(level)) {
      anchors[lag] = level;
      anchorKinds[lag] = ANCHOR_KIND.weekday;
    } else {
      anchors[lag] =
        window.knownDays === 0
          ? 0
          : Math.max(0, (isRecent ? recent : past) + weekdayShift(demand, lag, past));
      anchorKinds[lag] = isRecent ? ANCHOR_KIND.recent : ANCHOR_KIND.past;
    }
  }
}

/** The difference of a weekday from all days of the window, shrunk to 0 where few of its days are known. */
function weekdayShift(demand: Float64Array, lag: number, past: number): number {
  let known = 0;
  for (let k = lag; k < WINDOW_DAYS; k += DAYS_PER_WEEK) if (!Number.isNaN(demand[k] as number)) known++;
  if (known === 0) return 0;
  const mean = meanOf(demand, lag, WINDOW_DAYS / DAYS_PER_WEEK, DAYS_PER_WEEK);
  return ((mean - past) * known) / (known + WEEKDAY_PSEUDO_COUNT);
}

function fillRecentDays(window: OriginWindow): void {
  const { demand, anchors, knownDaysOfMeans } = window;
  if (knownDaysOfMeans[MEAN_28] === FILLED_DAYS || window.knownDays === 0) return;
  for (let k = 0; k < FILLED_DAYS; k++) {
    if (Number.isNaN(demand[k] as number)) demand[k] = anchors[k % DAYS_PER_WEEK] as number;
  }
  prefixMeansOf(demand, MEAN_DAYS, window.means);
}

function loadMeansByPromotion(window: OriginWindow): void {
  const { demand, promotion } = window;
  let promoted = 0;
  let promotedDays = 0;
  let unpromoted = 0;
  let unpromotedDays = 0;
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const value = demand[k] as number;
    if (Number.isNaN(value)) continue;
    if ((promotion[k] as number) > 0) {
      promoted += value;
      promotedDays++;
    } else {
      unpromoted += value;
      unpromotedDays++;
    }
  }
  window.promotedMean = promoted / promotedDays;
  window.unpromotedMean = unpromoted / unpromotedDays;
}

/** The least whole number whose log1p is not below that of `quiet`: days with fewer tickets were cut short. */
function fewestTickets(quiet: number): number {
  const limit = Math.log1p(quiet);
  let fewest = Math.ceil(quiet);
  while (fewest > 0 && Math.log1p(fewest - 1) >= limit) fewest--;
  return fewest;
}

/** Makes the `days` values before index `end` unknown, if they are few enough to count as a closure. */
function forgetClosure(demand: Float64Array, end: number, days: number): void {
  if (days > LONGEST_CLOSURE_DAYS) return;
  for (let k = end - days; k < end; k++) demand[k] = Number.NaN;
}
