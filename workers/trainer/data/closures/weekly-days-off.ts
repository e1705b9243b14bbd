import { DAYS_PER_WEEK } from '../../../../shared/calendar/day-number.ts';
import { meanOf } from '../averages.ts';
import { chanceOfNoSale, type StoreActivity } from './store-activity.ts';

/**
 * Weeks on either side that show whether a past day was a regular day off, those of long closures left out, how many of
 * them must be known, and the share that must be silent.
 */
const PAST_WEEKS = 4;
const ENOUGH_PAST_WEEKS = 4;
const REGULAR = 0.75;
/**
 * Same weekdays in a row without a sale that make a day off; or the last ones of a weekday that is hardly ever open.
 */
const WEEKS_IN_A_ROW = 4;
const LAST_WEEKS = 2;
const HARDLY_EVER = 0.1;
/** Weeks up to the last day from which a rule is inferred. */
const MEMORY_WEEKS = 26;
/** Upper bound of the chance that ordinary days without a sale look like a day off. */
const UNLIKELY = 1e-5;
/** Share of open days from which the store usually sells on a weekday. */
const MOSTLY_OPEN = 0.5;
/** Days on either side whose totals show the sales of an open day. */
const LEVEL_DAYS = 56;

/** Whether the store is open on any of the days around one: weeks of a long closure say nothing about days off. */
function isInActiveWeek({ open }: StoreActivity, day: number): boolean {
  for (let near = Math.max(0, day - 3); near <= day + 3; near++) {
    if (near !== day && open[near] === 1) return true;
  }
  return false;
}

/** Whether a day is one of a week or more on end without a sale: works say nothing about how often a store is silent. */
function isInLongSilence(open: Uint8Array, day: number): boolean {
  if (open[day] === 1) return false;
  let days = 1;
  for (let near = day - 1; near >= 0 && open[near] !== 1 && days < DAYS_PER_WEEK; near--) days++;
  for (let near = day + 1; near < open.length && open[near] !== 1 && days < DAYS_PER_WEEK; near++) days++;
  return days >= DAYS_PER_WEEK;
}

/** Whether a day without a sale is on a regular weekday off, by the weeks on either side of it. */
export function isPastDayOff(activity: StoreActivity, day: number): boolean {
  const { open, first, last } = activity;
  if (!isInActiveWeek(activity, day)) return false;
  let weeks = 0;
  let silent = 0;
  for (const step of [-DAYS_PER_WEEK, DAYS_PER_WEEK]) {
    let seen = 0;
    for (let week = 1; week <= MEMORY_WEEKS && seen < PAST_WEEKS; week++) {
      const other = day + week * step;
      if (other < first || other > last) break;
      if (!isInActiveWeek(activity, other)) continue;
      seen++;
      if (open[other] !== 1) silent++;
    }
    weeks += seen;
  }
  return (
    weeks >= ENOUGH_PAST_WEEKS &&
    silent >= REGULAR * weeks &&
    chanceOfOpenDays(activity, day) ** (silent + 1) < UNLIKELY
  );
}

/** Whether the store is open on the weekday of a day in any of the weeks on either side of it. */
export function isOpenOnWeekdayAround({ open }: StoreActivity, day: number): boolean {
  for (let week = -PAST_WEEKS; week <= PAST_WEEKS; week++) {
    if (open[day + week * DAYS_PER_WEEK] === 1) return true;
  }
  return false;
}

/**
 * Days of the week, 0..6 by `day % 7` of the panel, that are off as of the store's last days. A weekday is off if the
 * store has not sold on it for `WEEKS_IN_A_ROW` weeks although it sold on others and used to sell on this one, or if it
 * is hardly ever open on it. One sale on the last of them ends the rule: forecasting nothing for a shop that has begun
 * to open on Sundays is worse than forecasting one Sunday too many. Null for a weekday on which the store has never
 * sold anything in too few weeks to tell.
 *
 * @param through last known day
 */
export function daysOffAsOf(activity: StoreActivity, through: number): (boolean | null)[] {
  const off = new Array<boolean | null>(DAYS_PER_WEEK).fill(null);
  if (activity.first < 0) return off;
  const newest = through - activity.last < DAYS_PER_WEEK ? through : activity.last;
  const chance = chanceOfOpenDays(activity, newest);
  for (let back = 0; back < DAYS_PER_WEEK; back++) {
    const weekday = newest - back;
    const wasOpen: boolean[] = [];
    for (let week = 0; week < MEMORY_WEEKS; week++) {
      const day = weekday - week * DAYS_PER_WEEK;
      if (day < activity.first) break;
      const isOpen = activity.open[day] === 1;
      if (isOpen || isInActiveWeek(activity, day)) wasOpen.push(isOpen);
    }
    if (weekday >= 0) off[weekday % DAYS_PER_WEEK] = isOff(wasOpen, chance);
  }
  return off;
}

/** @param wasOpen on the same weekdays, the most recent first */
function isOff(wasOpen: readonly boolean[], chance: number): boolean | null {
  if (wasOpen.length < WEEKS_IN_A_ROW) return wasOpen.includes(true) ? false : null;
  const firstOpen = wasOpen.indexOf(true);
  const inARow = firstOpen < 0 ? wasOpen.length : firstOpen;
  const earlier = wasOpen.slice(inARow);
  // One more of either kind than counted: a few weeks are little evidence.
  const silentShare = (earlier.filter((open) => !open).length + 1) / (earlier.length + 2);
  const share = wasOpen.filter(Boolean).length / wasOpen.length;
  if (chance ** inARow > UNLIKELY) return false;
  if (inARow >= LAST_WEEKS && share <= HARDLY_EVER) return true;
  return inARow >= WEEKS_IN_A_ROW && silentShare ** inARow <= HARDLY_EVER ** 2;
}

/**
 * The chance that a day of the weeks around one sells nothing while the store is open: by the level of its sales, and
 * by how often its usual sales days are silent, long silences left out. Unknown for a store without usual sales days.
 */
function chanceOfOpenDays({ totals: sales, open, first, last }: StoreActivity, day: number): number {
  const totals: number[] = [];
  const days = new Float64Array(DAYS_PER_WEEK);
  const opened = new Float64Array(DAYS_PER_WEEK);
  for (let near = Math.max(first, day - LEVEL_DAYS); near <= Math.min(last, day + LEVEL_DAYS); near++) {
    const weekday = near % DAYS_PER_WEEK;
    if (isInLongSilence(open, near)) continue;
    days[weekday] = (days[weekday] as number) + 1;
    if (open[near] !== 1) continue;
    opened[weekday] = (opened[weekday] as number) + 1;
    totals.push(sales[near] as number);
  }
  const shares = Array.from(days, (count, weekday) => (opened[weekday] as number) / Math.max(1, count));
  const usual = shares.filter((share) => share >= MOSTLY_OPEN);
  if (usual.length === 0) return 1;
  const silentShare = 1 - meanOf(usual);
  return Math.max(chanceOfNoSale(totals), silentShare);
}
