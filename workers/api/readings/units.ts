import { MISSING } from '../../../shared/schemas/history-chunk.ts';

/** @returns units, or null for a day without a known value. */
export function unitsOf(milliUnits: number): number | null {
  return milliUnits === MISSING ? null : milliUnits / 1000;
}
