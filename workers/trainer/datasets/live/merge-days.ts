import type { LiveDay } from './live-sales.ts';

/** Whose value stays where both days have a row. */
export type Precedence = 'first' | 'larger';

/**
 * A day as two places know it: every row that either has. Sums of closed days only grow, so where a day is settled the
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
