import type { DayNumber } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { defineGroup } from './feature-definition.ts';
import { valueAt } from './origin-window.ts';
import type { SeriesHistory } from './series-history.ts';

/** Whether the days around the target are closed: people buy what they need for a closed day on the day before. */
export const CLOSURE_FEATURES = defineGroup('closure', [
  [
    'closed_day_before',
    '1 when the store is closed on the day before the target; of the origin, when its demand is not known',
  ],
  ['closed_day_after', '1 when the store is closed on the day after the target'],
]);

/** Writes `CLOSURE_FEATURES` in their order. @returns the offset after them. */
export function writeClosureFeatures(
  { firstDay, milliUnits, closed }: SeriesHistory,
  origin: DayNumber,
  h: number,
  out: Float32Array,
  offset: number,
): number {
  const target = origin + h - firstDay;
  const isClosed = (day: number) => Number(closed?.[day] === 1);
  out[offset] = h > 1 ? isClosed(target - 1) : Number(valueAt(milliUnits, target - 1, MISSING) < 0);
  out[offset + 1] = isClosed(target + 1);
  return offset + CLOSURE_FEATURES.length;
}
