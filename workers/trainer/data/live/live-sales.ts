import type { DayNumber, IsoDate } from '../../../../shared/calendar/day-number.ts';

/** What the feature store counted on one finished day. A series without a row is not there; a sum of 0 is. */
export interface LiveDay {
  readonly date: IsoDate;
  /** Milli-units by series key. */
  readonly sales: ReadonlyMap<string, number>;
  /** Items on promotion by series key. */
  readonly onpromotion: ReadonlyMap<string, number>;
  /** Tickets by store. */
  readonly tickets: ReadonlyMap<string, number>;
}

/** The finished days that a feature store has counted from the stream. */
export interface LiveSales {
  /** First day that was counted from the stream. */
  readonly liveFrom: DayNumber;
  /** Last finished day; the day before `liveFrom` while none is finished. */
  readonly closedThrough: DayNumber;
  /** One for each day from `liveFrom` to `closedThrough`, in order; a day of which nothing is known is empty. */
  readonly days: readonly LiveDay[];
  /** Days of which the archive has more than the store, which should still have them; what is missing came from there. */
  readonly restored: readonly IsoDate[];
  /** Rows that were refused because the published catalog does not have their store or family: names and rows. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Whose value stays where both days have a row. */
export type Precedence = 'first' | 'larger';

/**
 * A day as two places know it: every row that either has. Sums of finished days only grow, so where a day is settled the
 * larger value is the fuller one; while a day may still be put right, it is the first's.
 */
export function mergeDays(first: LiveDay, second: LiveDay, precedence: Precedence): LiveDay {
  return {
    date: first.date,
    sales: mergeRows(first.sales, second.sales, precedence),
    onpromotion: mergeRows(first.onpromotion, second.onpromotion, precedence),
    tickets: mergeRows(first.tickets, second.tickets, precedence),
  };
}

/** Whether two days have the same rows with the same values. */
export function isSameDay(one: LiveDay, other: LiveDay): boolean {
  return (
    isSameRows(one.sales, other.sales) &&
    isSameRows(one.onpromotion, other.onpromotion) &&
    isSameRows(one.tickets, other.tickets)
  );
}

function mergeRows<K>(
  first: ReadonlyMap<K, number>,
  second: ReadonlyMap<K, number>,
  precedence: Precedence,
): ReadonlyMap<K, number> {
  const merged = new Map(first);
  for (const [key, value] of second) {
    const known = merged.get(key);
    if (known === undefined || (precedence === 'larger' && value > known)) merged.set(key, value);
  }
  return merged;
}

function isSameRows<K>(one: ReadonlyMap<K, number>, other: ReadonlyMap<K, number>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
