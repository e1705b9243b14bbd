import {
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset } from '../dataset.ts';
import type { LiveSales } from './live-sales.ts';

/** Archived live days that a run does not learn from. */
export interface UnusedArchive {
  /** The day on which their feature store was opened. */
  readonly opened: IsoDate;
  /** In order. */
  readonly dates: readonly IsoDate[];
}

/**
 * The archived days that nothing else brings into a history: those of a feature store that is not open any more, and
 * those after the last day that it counts. Days that the files have under the same dates are there anyway.
 *
 * @param archive what is kept, by the day on which its store was opened
 * @param history what is learned from, files and live days
 */
export function findUnusedArchive(
  archive: ReadonlyMap<IsoDate, readonly IsoDate[]>,
  live: Pick<LiveSales, 'liveFrom' | 'closedThrough'> | null,
  { panel, shiftDays }: Pick<Dataset, 'panel' | 'shiftDays'>,
): readonly UnusedArchive[] {
  const isKnown = (day: DayNumber) =>
    day >= panel.firstDay &&
    day < panel.firstDay + panel.dayCount &&
    panel.series.some((_, s) => panel.milliUnits[s * panel.dayCount + day - panel.firstDay] !== MISSING);
  const isLearned = (opened: IsoDate, date: IsoDate) => {
    const day = toDayNumber(date);
    if (live && opened === toIsoDate(live.liveFrom)) return day <= live.closedThrough;
    return shiftDays === 0 && isKnown(day);
  };
  return Array.from(archive, ([opened, dates]) => ({
    opened,
    dates: dates.filter((date) => !isLearned(opened, date)),
  })).filter(({ dates }) => dates.length > 0);
}
