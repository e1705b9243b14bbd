import type { DayNumber } from '../calendar/day-number.ts';
import type { SeriesHistory } from '../features/series-history.ts';

const RECENT_DAYS = 28;

/** log1p(mean units of the known days among the last 28 up to the origin), by which a series is given its volume class. */
export function volumeLevel(history: SeriesHistory, origin: DayNumber): number {
  const last = origin - history.firstDay;
  let sum = 0;
  let known = 0;
  for (let at = Math.max(0, last - RECENT_DAYS + 1); at <= last && at < history.milliUnits.length; at++) {
    const milliUnits = history.milliUnits[at] as number;
    if (milliUnits < 0) continue;
    sum += milliUnits;
    known++;
  }
  return known === 0 ? 0 : Math.log1p(sum / known / 1000);
}
