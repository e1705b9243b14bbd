import { at } from '../../../../shared/at.ts';
import {
  DAYS_PER_WEEK,
  type DayNumber,
  isoWeekday,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { type ClosureInterval, type Closures, OPEN, type Store } from '../../../../shared/schemas/catalog.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset } from '../dataset.ts';
import { DAY, type DayState, dayStatesOf, daysUntilShut } from './past-closures.ts';
import { type StoreActivity, storeActivities } from './store-activity.ts';
import { daysOffAsOf, isOpenOnWeekdayAround } from './weekly-days-off.ts';
import { createYearlyClosures, type StorePast, type YearlyClosures } from './yearly-closures.ts';

/** What nearly all stores of which it is known do, counts for the stores of which it is not, too. */
const MOST_STORES = 0.9;
const ENOUGH_STORES = 2;
/** The same of a day without a sale, whose cause in the store itself is open. */
const ENOUGH_SHUT_STORES = 4;

/** The states of a store's days up to one of them. */
export interface StoreHistory {
  readonly store: Store;
  readonly activity: StoreActivity;
  /** By day of the panel. */
  readonly states: Uint8Array;
}

/**
 * The state of every day of every store, from the days up to `through` alone: by its sales, the stated closures, and
 * the days that the reader has found lost.
 *
 * @param through last day of the panel that is considered
 */
export function storeHistories(
  dataset: Pick<Dataset, 'panel' | 'stores' | 'declaredClosures' | 'lostDays'>,
  through = dataset.panel.dayCount - 1,
): StoreHistory[] {
  const { panel, stores, declaredClosures = [], lostDays = [] } = dataset;
  const histories = storeActivities(dataset, through).map((activity, index) => {
    const states = dayStatesOf(activity, through);
    for (const day of lostDays) {
      const at = day - panel.firstDay;
      if (at <= through && states[at] !== DAY.dayOff && states[at] !== DAY.notOpenYet) states[at] = DAY.lost;
    }
    return { store: at(stores, index), activity, states };
  });
  addSharedClosures(histories, through);
  for (const { store_nbr, from, to, reason } of declaredClosures) {
    const states = histories.find(({ store }) => store.store_nbr === store_nbr)?.states;
    const first = Math.max(0, toDayNumber(from) - panel.firstDay);
    const last = Math.min(through, to === null ? through : toDayNumber(to) - panel.firstDay);
    for (let day = first; states && day <= last; day++) {
      states[day] = reason === OPEN ? DAY.open : DAY.declared;
    }
  }
  return histories;
}

/**
 * Marks the days without a sale on which nearly every other store was shut: the sales of a store that opened a few
 * weeks ago do not show yet that it is shut on Sundays. A store that sells on some of the Sundays around is open on all.
 */
function addSharedClosures(histories: readonly StoreHistory[], through: number): void {
  for (let day = 0; day <= through; day++) {
    const count = (...kinds: readonly DayState[]) =>
      histories.filter(({ states }) => kinds.includes(states[day] as DayState)).length;
    const off = count(DAY.dayOff);
    const closed = count(DAY.closed);
    if (off + closed < ENOUGH_SHUT_STORES) continue;
    const others = count(DAY.open) - 1;
    if (off + closed < MOST_STORES * (off + closed + others)) continue;
    for (const { activity, states } of histories) {
      if (states[day] !== DAY.open || activity.open[day] === 1) continue;
      if (off <= closed) states[day] = DAY.closed;
      else if (!isOpenOnWeekdayAround(activity, day)) states[day] = DAY.dayOff;
    }
  }
}

/** Whether nearly all stores of which it is known say so. */
function mostAgree(verdicts: readonly (boolean | null)[]): boolean {
  const known = verdicts.filter((verdict) => verdict !== null);
  const agreeing = known.filter(Boolean).length;
  return agreeing >= ENOUGH_STORES && agreeing >= MOST_STORES * known.length;
}

/**
 * The closures that are foreseeable at the end of a day: stated closures, weekdays off, yearly closures, and stores
 * that are shut until further notice. Uses no sale after that day. They include the day itself, if a store sold nothing
 * on it as expected.
 *
 * @param origin last known day
 * @param days number of days ahead
 */
export function inferClosures(
  dataset: Pick<Dataset, 'panel' | 'stores' | 'holidays' | 'shiftDays' | 'declaredClosures' | 'lostDays'>,
  origin: DayNumber,
  days: number,
): Closures {
  const { panel, shiftDays, declaredClosures = [] } = dataset;
  const through = origin - panel.firstDay;
  const histories = storeHistories(dataset, through);
  const sourceDay = panel.firstDay - shiftDays;
  const holidays = dataset.holidays.map((holiday) => ({
    ...holiday,
    date: toIsoDate(toDayNumber(holiday.date) - shiftDays),
  }));
  const pasts = histories.map(({ store, states }) => ({ store, states, firstDay: sourceDay }));
  const yearly = createYearlyClosures(holidays, pasts);
  const expected = expectedDays(histories, pasts, yearly, sourceDay, through, days);
  const inferred = histories.flatMap(({ activity, states, store }, index) => {
    const shut = shutSince(activity, states, through);
    const intervals = toIntervals(store.store_nbr, at(expected, index), panel.firstDay);
    return shut === null
      ? intervals
      : [...intervals, interval(store.store_nbr, panel.firstDay + shut, null, 'closed')];
  });
  const rules = histories.map(({ activity }) => daysOffAsOf(activity, through));
  const shared = Array.from({ length: DAYS_PER_WEEK }, (_, day) =>
    mostAgree(rules.map((off) => at(off, day))),
  );
  const weekly = histories.flatMap(({ store }, index) => {
    const off = at(rules, index).map((isOff, day) => isOff ?? at(shared, day));
    const weekdays = off.flatMap((isOff, at) => (isOff ? [isoWeekday(panel.firstDay + at)] : []));
    if (weekdays.length === 0) return [];
    return [{ store_nbr: store.store_nbr, weekdays: weekdays.sort(), from: toIsoDate(origin) }];
  });
  const firstDate = toIsoDate(origin);
  const declared = declaredClosures.filter(({ to }) => to === null || to >= firstDate);
  return { intervals: [...declared, ...inferred], weekly };
}

/**
 * For each store the days, as indices into the panel, on which a closure of an earlier year recurs: `days` days after
 * `through`, and that day, if the store sold nothing on it.
 */
function expectedDays(
  histories: readonly StoreHistory[],
  pasts: readonly StorePast[],
  yearly: YearlyClosures,
  sourceDay: DayNumber,
  through: number,
  days: number,
): number[][] {
  const expected: number[][] = histories.map(() => []);
  for (let day = through; day <= through + days; day++) {
    const verdicts = pasts.map((past) => yearly.isExpected(past, sourceDay + day));
    const areMostClosed = mostAgree(verdicts);
    verdicts.forEach((verdict, index) => {
      if (at(histories, index).activity.open[day] === 1) return;
      if (verdict ?? areMostClosed) at(expected, index).push(day);
    });
  }
  return expected;
}

/** First day of a store's silence, if it is long enough for the store to be shut; null otherwise. */
function shutSince(activity: StoreActivity, states: Uint8Array, through: number): number | null {
  const { last } = activity;
  if (last < 0 || through - last < daysUntilShut(activity, states)) return null;
  let since = last + 1;
  while (since <= through && states[since] === DAY.dayOff) since++;
  return states[since] === DAY.closed ? since : null;
}

function toIntervals(storeNbr: string, days: readonly number[], firstDay: DayNumber): ClosureInterval[] {
  const intervals: ClosureInterval[] = [];
  let from: number | null = null;
  days.forEach((day, i) => {
    from ??= day;
    if (days[i + 1] === day + 1) return;
    intervals.push(interval(storeNbr, firstDay + from, firstDay + day, 'holiday'));
    from = null;
  });
  return intervals;
}

function interval(storeNbr: string, from: DayNumber, to: DayNumber | null, reason: string): ClosureInterval {
  return {
    store_nbr: storeNbr,
    from: toIsoDate(from),
    to: to === null ? null : toIsoDate(to),
    reason,
    declared: false,
  };
}

/** Whether nobody could buy anything on a day, so that it says nothing about demand. */
export function isShut(state: number | undefined): boolean {
  return (
    state === DAY.dayOff ||
    state === DAY.closed ||
    state === DAY.silent ||
    state === DAY.notOpenYet ||
    state === DAY.declared
  );
}

/**
 * The dataset with MISSING on the days on which a store was shut: a closure is not demand of zero, whether the files
 * lack its rows or contain zeros.
 */
export function markClosedDays(dataset: Dataset, histories = storeHistories(dataset)): Dataset {
  const { panel } = dataset;
  const statesOf = new Map<string, StoreHistory['states']>(
    histories.map(({ store, states }) => [store.store_nbr, states]),
  );
  const milliUnits = panel.milliUnits.slice();
  panel.series.forEach(({ storeNbr }, s) => {
    const row = milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
    statesOf.get(storeNbr)?.forEach((state, day) => {
      if (isShut(state)) row[day] = MISSING;
    });
  });
  return { ...dataset, panel: { ...panel, milliUnits } };
}
