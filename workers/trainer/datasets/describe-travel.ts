import { type DayNumber, type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Placement } from './live/place-in-time.ts';

/** Where a dataset was put in time, and what becomes of its days, in a sentence or two. */
export function describeTravel({ dataset, liveFrom, isReplayed }: Placement, today: IsoDate): string {
  const { panel, shiftDays } = dataset;
  const end = panel.firstDay + panel.dayCount;
  const history = Math.min(panel.dayCount, toDayNumber(liveFrom) - panel.firstDay);
  const later = panel.dayCount - history;
  if (!isReplayed) {
    const fate =
      later === 0 ? 'none is replayed' : `none of the ${later} since ${liveFrom} is used: those came in live`;
    return (
      `No time travel: the dataset ends on ${toIsoDate(end - 1)}, ${agoOf(end - 1, today)}. ` +
      `${history === panel.dayCount ? `All ${history}` : history} days are history, ${fate} ` +
      '(--time-travel replays an old dataset).'
    );
  }
  const source = toIsoDate(end - 1 - shiftDays);
  const move =
    shiftDays === 0 ? 'Its dates stay as they are' : `Its dates are moved forward by ${shiftDays} days`;
  return (
    `Time travel: the dataset ends on ${source}. ${move}: ${history} days are history, ${later} are replayed ` +
    `from ${liveFrom} on (--no-time-travel keeps all of them as history).`
  );
}

function agoOf(day: DayNumber, today: IsoDate): string {
  const days = toDayNumber(today) - day;
  if (days === 0) return 'today';
  return days > 0 ? `${counted(days)} before today` : `${counted(-days)} after today`;
}

function counted(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
