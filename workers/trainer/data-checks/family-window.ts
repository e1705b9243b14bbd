import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { Dataset } from '../datasets/dataset.ts';

/** Days of which distributions are compared: four whole weeks. */
export const WINDOW_DAYS = 28;

/** What one family sold on the days of a window, over all its stores. */
export interface FamilyWindow {
  /** log1p(units) of every known value. */
  readonly values: Float64Array;
  /** Shares of the known values. */
  readonly zeroShare: number;
  readonly promotedShare: number;
  readonly units: number;
}

/** A family's known values of the days from `from` to `to`, which lie within the panel. */
export function familyWindow(
  { panel }: Dataset,
  members: readonly number[],
  from: DayNumber,
  to: DayNumber,
): FamilyWindow {
  const first = Math.max(0, from - panel.firstDay);
  const last = Math.min(panel.dayCount - 1, to - panel.firstDay);
  const values = new Float64Array(Math.max(0, last - first + 1) * members.length);
  let count = 0;
  let zeros = 0;
  let promoted = 0;
  let units = 0;
  for (const s of members) {
    for (let day = first; day <= last; day++) {
      const milliUnits = panel.milliUnits[s * panel.dayCount + day] as number;
      if (milliUnits < 0) continue;
      values[count++] = Math.log1p(milliUnits / 1000);
      units += milliUnits / 1000;
      if (milliUnits === 0) zeros++;
      if ((panel.onpromotion[s * panel.plannedDayCount + day] as number) > 0) promoted++;
    }
  }
  const share = (part: number) => (count === 0 ? 0 : part / count);
  return {
    values: values.subarray(0, count),
    zeroShare: share(zeros),
    promotedShare: share(promoted),
    units,
  };
}

/** The series of each family, by their place in the panel. */
export function membersByFamily({ panel }: Dataset): ReadonlyMap<string, readonly number[]> {
  return membersBy(panel.series.map(({ family }) => family));
}

/** The series of each store, by their place in the panel. */
export function membersByStore({ panel }: Dataset): ReadonlyMap<number, readonly number[]> {
  return membersBy(panel.series.map(({ storeNbr }) => storeNbr));
}

function membersBy<K>(keys: readonly K[]): ReadonlyMap<K, readonly number[]> {
  const members = new Map<K, number[]>();
  keys.forEach((key, s) => {
    const known = members.get(key);
    if (known) known.push(s);
    else members.set(key, [s]);
  });
  return members;
}
