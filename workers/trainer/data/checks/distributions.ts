import { at } from '../../../../shared/at.ts';
import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import type { Dataset } from '../dataset.ts';

/** Days of which distributions are compared: four whole weeks. */
export const CHECK_WINDOW_DAYS = 28;

/** The sales of one family in a window, over all its stores. */
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
export function membersByStore({ panel }: Dataset): ReadonlyMap<string, readonly number[]> {
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

/** Replaces a share of zero, whose logarithm does not exist. */
const EMPTY_SHARE = 0.0001;

/**
 * Population stability index: the sum over bins of (r - c) ln(r / c), with shares r of the reference and c of the
 * compared sample; 0 for equal distributions. Empty bins count as 0.0001.
 */
export function populationStabilityIndex(reference: readonly number[], current: readonly number[]): number {
  return reference.reduce((sum, share, bin) => {
    const r = Math.max(share, EMPTY_SHARE);
    const c = Math.max(at(current, bin), EMPTY_SHARE);
    return sum + (r - c) * Math.log(r / c);
  }, 0);
}

/**
 * Edges between bins that hold about equally many of the values; fewer than requested if many values are equal. Bin i
 * holds values above edge i - 1 and up to edge i.
 *
 * @param values in any order
 */
export function quantileEdges(values: Float64Array, bins: number): number[] {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / bins)];
    if (edge !== undefined && edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

/** The share of the values in each bin; all zero without values. */
export function sharesOf(values: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value > (edges[bin] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count) => (values.length === 0 ? 0 : count / values.length));
}
