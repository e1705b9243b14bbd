import type { DayNumber, IsoDate } from '../../../../shared/calendar/day-number.ts';

/** Sales counted by the feature store on one finished day. A series without a row is absent; a sum of 0 is present. */
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
  /** Last finished day; the day before `liveFrom` if none is finished yet. */
  readonly closedThrough: DayNumber;
  /** One for each day from `liveFrom` to `closedThrough`, in order; a day without data is empty. */
  readonly days: readonly LiveDay[];
  /** Days restored from the archive, because the store has lost rows that it should still have. */
  readonly restored: readonly IsoDate[];
  /** Names and numbers of the rows that were refused because the catalog lacks their store or family. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Which value wins if both days have a row. */
export type Precedence = 'first' | 'larger';

/**
 * Merges two records of a day: every row of either. Sums of finished days only grow, so on a settled day the larger value
 * is the more complete one; while a day may still be corrected, the first one's value counts.
 */
export function mergeDays(first: LiveDay, second: LiveDay, precedence: Precedence): LiveDay {
  return {
    date: first.date,
    sales: mergeRows(first.sales, second.sales, precedence),
    onpromotion: mergeRows(first.onpromotion, second.onpromotion, precedence),
    tickets: mergeRows(first.tickets, second.tickets, precedence),
  };
}

/** Whether two days have the same rows and values. */
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
