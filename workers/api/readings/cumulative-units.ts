import { SLOTS_PER_DAY } from '../../../shared/schemas/api/sales-live.ts';

/**
 * @param fields slot `000`..`287` to milli-units, as a bucket of `sales_intraday` has them; a slot that is not there
 *   sold nothing
 * @returns units since the day's start at the end of each of the 288 slots; summed as integers
 */
export function cumulativeUnits(fields: Readonly<Record<string, number>>): number[] {
  let milliUnits = 0;
  return Array.from({ length: SLOTS_PER_DAY }, (_, slot) => {
    milliUnits += fields[String(slot).padStart(3, '0')] ?? 0;
    return milliUnits / 1000;
  });
}
