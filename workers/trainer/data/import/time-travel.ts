import {
  DAY_MS,
  DAYS_PER_WEEK,
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import { type Dataset, lastDayOf, seriesKeysOf } from '../dataset.ts';
import { isSameRetailer } from './same-retailer.ts';

/** Least number of days to replay after a move by whole years: a horizon and today. */
export const FUTURE_DAYS = HORIZON + 1;
/** The same for a dataset that is too short for whole years. */
const SHORT_FUTURE_DAYS = 28;
/** A forecast needs four weeks behind it. */
const HISTORY_DAYS = 28;

/** Thrown for a dataset that cannot be moved so that today lies inside it. */
export class TimeTravelError extends UserError {
  override name = 'TimeTravelError';
}

/**
 * Moves a dataset forward in time so that `today` lies inside it: earlier days are history, later ones the future to
 * replay. The move is by as few calendar years, each rounded to whole weeks (`yearsInWeeks`), as leave at least 17 days
 * from today on; if that would leave less than half of the days as history, it is the smallest multiple of 7 days that
 * leaves at least 28. Weekdays never change. `null` leaves the dataset as it is.
 *
 * The panel's columns are shared with the original, not copied.
 *
 * @throws {TimeTravelError} if fewer than 28 days of history would be left.
 */
export function travel(dataset: Dataset, today: IsoDate | null): Dataset {
  if (today === null) return dataset;
  return moveBy(dataset, shiftFor(dataset, today));
}

function shiftFor({ panel, name }: Dataset, today: IsoDate): number {
  const lastDay = lastDayOf(panel);
  const todayDay = toDayNumber(today);
  const historyAfter = (shift: number) => todayDay - (panel.firstDay + shift);
  const missing = (future: number) => Math.max(0, todayDay + future - lastDay);

  let years = 0;
  while (yearsInWeeks(lastDay, years) < missing(FUTURE_DAYS)) years++;
  const byYears = yearsInWeeks(lastDay, years);
  const byWeeks = DAYS_PER_WEEK * Math.ceil(missing(SHORT_FUTURE_DAYS) / DAYS_PER_WEEK);
  const shift = historyAfter(byYears) * 2 >= panel.dayCount ? byYears : byWeeks;
  if (historyAfter(shift) < HISTORY_DAYS) {
    throw new TimeTravelError(
      `dataset "${name}" (${toIsoDate(panel.firstDay)}..${toIsoDate(lastDay)}) cannot be moved to ${today}: ` +
        `${Math.max(0, historyAfter(shift))} days of history would be left, ${HISTORY_DAYS} are needed. ` +
        'Use a longer dataset, or turn time travel off',
    );
  }
  return shift;
}

/**
 * Days of the whole weeks nearest to a number of calendar years after a day. Dates keep their place in the year to
 * within 3 days (4 across a leap day): after ten years of 364 days each, Christmas would be on 13 December.
 */
export function yearsInWeeks(day: DayNumber, years: number): number {
  const date = new Date(day * DAY_MS);
  const later = Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate()) / DAY_MS;
  return DAYS_PER_WEEK * Math.round((later - day) / DAYS_PER_WEEK);
}

/** Moves every date of a dataset by `days`, in addition to earlier moves. */
export function moveBy(dataset: Dataset, days: number): Dataset {
  if (days === 0) return dataset;
  const move = <T extends { readonly date: IsoDate }>(row: T): T => ({
    ...row,
    date: toIsoDate(toDayNumber(row.date) + days),
  });
  const moveDate = (date: IsoDate): IsoDate => toIsoDate(toDayNumber(date) + days);
  const { declaredClosures, lostDays } = dataset;
  return {
    ...dataset,
    ...(declaredClosures && {
      declaredClosures: declaredClosures.map(({ from, to, ...closure }) => ({
        ...closure,
        from: moveDate(from),
        to: to === null ? null : moveDate(to),
      })),
    }),
    ...(lostDays && { lostDays: lostDays.map((day) => day + days) }),
    holidays: dataset.holidays.map(move),
    oil: dataset.oil.map(move),
    panel: { ...dataset.panel, firstDay: dataset.panel.firstDay + days },
    shiftDays: dataset.shiftDays + days,
  };
}

/**
 * A dataset that ends at most this many days before today is current: training uses its last days. Exports are late by
 * days or, if they are monthly, by weeks; an older dataset was not made to be forecast from, and is replayed. Files of
 * 31 to 60 days are in between: too old to forecast from, so that the check `stale-files` stops a training run, and too
 * new to be replayed without a request.
 */
export const CURRENT_DAYS = 60;

export interface TravelQuestion {
  /** The requested time travel; without a request, the dataset's age decides. */
  readonly timeTravel: boolean | undefined;
  readonly today: IsoDate;
  /** The publication at the run's location; null without one. */
  readonly published: Pick<Catalog, 'dataset' | 'shift_days' | 'series'> | null;
  /** First day that the feature store counts from the stream; null if it is not open, or there is none. */
  readonly openFrom: IsoDate | null;
}

/**
 * Whether a dataset is replayed: moved so that it has days ahead, which then arrive as if they were live. Without a
 * request, only an old dataset is, or one that extends far beyond today anyway. If a store is open, its publication has
 * decided already; and a retailer whose dataset is published at its own dates is not replayed because its files are
 * late.
 */
export function isReplayed(dataset: Dataset, question: TravelQuestion): boolean {
  const { timeTravel, today, published, openFrom } = question;
  const lastDay = lastDayOf(dataset.panel);
  if (timeTravel !== undefined) return timeTravel;
  if (openFrom !== null && published && published.shift_days !== 0) return true;
  if (lastDay >= toDayNumber(today) + FUTURE_DAYS) return true;
  if (openFrom !== null && published) return false;
  if (lastDay >= toDayNumber(openFrom ?? today) - CURRENT_DAYS) return false;
  if (published?.shift_days !== 0) return true;
  return !isSameRetailer(published, { dataset: dataset.name, series: seriesKeysOf(dataset) });
}

/** Thrown if files, publication and feature store do not belong together. */
export class PlacementError extends UserError {
  override name = 'PlacementError';
}

export interface Placement {
  readonly dataset: Dataset;
  /** First live day. */
  readonly liveFrom: IsoDate;
  /** Whether later days are replayed; otherwise training uses every day of the dataset. */
  readonly isReplayed: boolean;
}

/**
 * Decides by how many days a dataset is moved and on which day its live part begins.
 *
 * An open store has counted days under certain dates, so it decides: live sales began when it was opened, and the
 * dataset keeps the dates of its publication. Without one, a replayed dataset is moved so that live sales begin today;
 * any other keeps its dates, and they begin on the day after its last.
 *
 * @throws {PlacementError} if the publication is another retailer's, or was moved although time travel is off
 * @throws {TimeTravelError} as `travel` does
 */
export function placeInTime(dataset: Dataset, request: TravelQuestion): Placement {
  const { timeTravel, today, published, openFrom } = request;
  const replayed = isReplayed(dataset, request);
  if (openFrom === null) {
    const moved = travel(dataset, replayed ? today : null);
    const { firstDay, dayCount } = moved.panel;
    const liveFrom = replayed ? today : toIsoDate(firstDay + dayCount);
    return { dataset: moved, liveFrom, isReplayed: replayed };
  }
  const otherwise = 'Or train without its live days (--no-live), or empty the store to start over';
  const range = { dataset: dataset.name, series: seriesKeysOf(dataset) };
  if (published && !isSameRetailer(published, range)) {
    throw new PlacementError(
      `the feature store has counted live sales since ${openFrom} of what is published, dataset ` +
        `"${published.dataset}", but this is "${dataset.name}". Use that dataset. ${otherwise}`,
    );
  }
  if (published && timeTravel === false && published.shift_days !== 0) {
    throw new PlacementError(
      `the published dataset was moved by ${published.shift_days} days, and the feature store has counted live ` +
        `sales under those dates since ${openFrom}. Leave out --no-time-travel. ${otherwise}`,
    );
  }
  const placed = published
    ? moveBy(dataset, published.shift_days)
    : travel(dataset, replayed ? openFrom : null);
  if (placed.panel.firstDay >= toDayNumber(openFrom)) {
    throw new PlacementError(
      `dataset "${dataset.name}" starts on ${toIsoDate(placed.panel.firstDay)}, but the feature store has counted live ` +
        `sales since ${openFrom}: there is no history before them. Use files that reach further back. ${otherwise}`,
    );
  }
  return { dataset: placed, liveFrom: openFrom, isReplayed: replayed };
}

/** The dates of a dataset and the use of its days, in a sentence or two. */
export function describeTravel({ dataset, liveFrom, isReplayed }: Placement, today: IsoDate): string {
  const { panel, shiftDays } = dataset;
  const end = panel.firstDay + panel.dayCount;
  const history = Math.min(panel.dayCount, toDayNumber(liveFrom) - panel.firstDay);
  const later = panel.dayCount - history;
  if (!isReplayed) {
    const fate =
      later === 0 ? 'none is replayed' : `none of the ${later} since ${liveFrom} is used: these arrived live`;
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
