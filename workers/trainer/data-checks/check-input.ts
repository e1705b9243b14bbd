import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { CsvReport } from '../datasets/csv/read-csv-directory.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { LiveSales } from '../datasets/live/live-sales.ts';
import type { UnusedArchive } from '../datasets/live/unused-archive.ts';
import type { DataCheck } from './data-check.ts';
import type { DataProfile } from './data-profile.ts';

/** What the checks look at. */
export interface CheckInput {
  /** What is learned from; ends with the last closed day. */
  readonly history: Dataset;
  /** What the reader of the files did; null for sales that were made up. */
  readonly files: CsvReport | null;
  /** What came from the feature store; null without one. */
  readonly live: LiveSales | null;
  /** Live days that are kept in the archive and not learned from. */
  readonly unusedArchive: readonly UnusedArchive[];
  /** Whether the dataset was moved in time, so that it ends on the day before today however old it is. */
  readonly isReplayed: boolean;
  /** What the last run saw of the same dataset, under the dates of this one; null for the first. */
  readonly previous: DataProfile | null;
  /** The business day of the run. */
  readonly today: DayNumber;
}

export type Check = (input: CheckInput) => DataCheck;

/** `12.3 %`, as a number for figures. */
export function percentage(share: number): number {
  return Math.round(share * 1000) / 10;
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
