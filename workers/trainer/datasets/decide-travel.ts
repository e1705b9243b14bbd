import { type DayNumber, type IsoDate, toDayNumber } from '../../../shared/calendar/day-number.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import { type Dataset, seriesKeysOf } from './dataset.ts';
import { isSameRetailer } from './same-retailer.ts';
import { FUTURE_DAYS } from './time-travel.ts';

/**
 * A dataset that ends at most so many days before today is of today: its last days are the ones to learn from. Exports
 * are late by days or, where they are made by the month, by weeks; a dataset that is older than this was not made to be
 * forecast from, and is replayed. Files of 31 to 60 days are in between: too old to forecast from, so that the check
 * `stale-files` stops a training run, and too new to be taken for a replay without being asked.
 */
export const CURRENT_DAYS = 60;

export interface TravelQuestion {
  /** What was asked for; where nothing was, the dataset's age decides. */
  readonly timeTravel: boolean | undefined;
  readonly today: IsoDate;
  /** What is published where the run publishes to; null where nothing is. */
  readonly published: Pick<Catalog, 'dataset' | 'shift_days' | 'series'> | null;
  /** First day that the feature store counts from the stream; null where it is not open, or there is none. */
  readonly openFrom: IsoDate | null;
}

/**
 * Whether a dataset is replayed: moved so that it has days ahead, which then arrive as if they were live. Unless it was
 * asked for, only an old dataset is, or one that reaches far beyond today anyway. Where a store is open, its publication
 * has decided already; and a retailer whose published dataset stands at its own dates is not replayed when its files
 * are late.
 */
export function isReplayed(dataset: Dataset, question: TravelQuestion): boolean {
  const { timeTravel, today, published, openFrom } = question;
  const { firstDay, dayCount } = dataset.panel;
  const lastDay: DayNumber = firstDay + dayCount - 1;
  if (timeTravel !== undefined) return timeTravel;
  if (openFrom !== null && published && published.shift_days !== 0) return true;
  if (lastDay >= toDayNumber(today) + FUTURE_DAYS) return true;
  if (openFrom !== null && published) return false;
  if (lastDay >= toDayNumber(openFrom ?? today) - CURRENT_DAYS) return false;
  if (published?.shift_days !== 0) return true;
  return !isSameRetailer(published, { dataset: dataset.name, series: seriesKeysOf(dataset) });
}
