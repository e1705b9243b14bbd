import { at } from '../../../../shared/at.ts';
import { chanceAround, type StoreActivity } from './store-activity.ts';
import { isPastDayOff } from './weekly-days-off.ts';

/** The state of a store's day. */
export const DAY = {
  /** Open, or an ordinary day without a sale. */
  open: 0,
  /** A weekday on which the store is regularly closed. */
  dayOff: 1,
  closed: 2,
  /** Shut as of the last known day, for too short a time to say for how long. */
  silent: 3,
  /** Before the first sale. */
  notOpenYet: 4,
  /** Stated in closures.csv. */
  declared: 5,
  /** No store has a row and nothing explains it. */
  lost: 6,
} as const;
export type DayState = (typeof DAY)[keyof typeof DAY];

/** From this chance of an ordinary silence, it is not a closure. */
const UNLIKELY = 1e-3;
/** Silences of at most this many days, or as long as the one in question, count as ordinary if they are frequent. */
const SHORT_DAYS = 3;
/**
 * Share of silent days from which a single one is ordinary, and the chance by that share from which a longer one is.
 */
const FREQUENT = 0.08;
const UNLIKELY_BY_SHARE = 1e-4;
/** Days on either side in which silences are counted. */
const AROUND_DAYS = 56;
/**
 * Days without a sale up to the last known day from which a store is shut, unless it has been silent for longer before.
 */
const SHUT_DAYS = 14;

/** The chance that a store sells nothing on a day if too few of its days are known. */
const UNKNOWN_CHANCE = 0.5;

/** A run of days without a sale, ignoring days off within it. */
type Silence = readonly number[];

/** The number of silent days up to the last known one from which the store is shut until further notice. */
export function daysUntilShut(activity: StoreActivity, states: Uint8Array): number {
  let longest = 0;
  for (const days of silences(activity, states, activity.last)) longest = Math.max(longest, spanOf(days));
  return Math.max(SHUT_DAYS, longest + 1);
}

/**
 * The state of each day of a store, by its sales alone. A day without a sale was a closure if an open store could
 * hardly have sold nothing on it, given the level of its sales around the day and how often it sells nothing.
 *
 * @param through last day that is considered
 */
export function dayStatesOf(activity: StoreActivity, through: number): Uint8Array {
  const { open, first, last } = activity;
  const states = new Uint8Array(through + 1);
  if (first < 0) return states;
  // A few days without a sale may be ordinary in a store that sells little.
  if ((chanceAround(activity, first) ?? UNKNOWN_CHANCE) ** first <= UNLIKELY)
    states.fill(DAY.notOpenYet, 0, first);
  for (let day = first; day <= through; day++) {
    if (open[day] !== 1 && isPastDayOff(activity, day)) states[day] = DAY.dayOff;
  }
  const all = silences(activity, states, through);
  const shutDays = daysUntilShut(activity, states);
  for (const days of all) {
    if (!isClosure(activity, days, all)) continue;
    const isPending = at(days, 0) > last && spanOf(days) < shutDays;
    for (const day of days) states[day] = isPending ? DAY.silent : DAY.closed;
  }
  return states;
}

function silences({ open, first }: StoreActivity, states: Uint8Array, through: number): Silence[] {
  const found: number[][] = [];
  let current: number[] | null = null;
  for (let day = first; day <= through; day++) {
    if (open[day] === 1) {
      current = null;
    } else if (states[day] !== DAY.dayOff) {
      if (current) current.push(day);
      else {
        current = [day];
        found.push(current);
      }
    }
  }
  return found;
}

function spanOf(days: readonly number[]): number {
  return at(days, days.length - 1) - at(days, 0) + 1;
}

function isClosure(activity: StoreActivity, days: readonly number[], all: readonly Silence[]): boolean {
  let logChance = 0;
  // A long silence is judged by its first weeks, whose days have open ones around them.
  for (const day of days.slice(0, AROUND_DAYS)) {
    // In the middle of a long silence no open day is near; the days around its first one stand in for it.
    const chance = chanceAround(activity, day) ?? chanceAround(activity, at(days, 0));
    if (chance === null) return false;
    logChance += Math.log(chance);
  }
  if (logChance > Math.log(UNLIKELY)) return false;
  const share = silentShareAround(activity, days, all);
  return share <= FREQUENT || share ** days.length <= UNLIKELY_BY_SHARE;
}

/** The share of days around a silence on which the store sold nothing, except for this silence and long ones. */
function silentShareAround(
  { open, first, last }: StoreActivity,
  days: readonly number[],
  all: readonly Silence[],
): number {
  const from = Math.max(first, at(days, 0) - AROUND_DAYS);
  const to = Math.min(last, at(days, days.length - 1) + AROUND_DAYS);
  let silent = 0;
  for (const other of all) {
    if (other === days || other.length > Math.max(SHORT_DAYS, days.length)) continue;
    for (const day of other) if (day >= from && day <= to) silent++;
  }
  let opened = 0;
  for (let day = from; day <= to; day++) opened += open[day] as number;
  return silent / Math.max(1, silent + opened);
}
