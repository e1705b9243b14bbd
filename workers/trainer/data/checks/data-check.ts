import { z } from 'zod';
import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import type { CsvReport } from '../csv/read-csv-directory.ts';
import type { Dataset } from '../dataset.ts';
import type { UnusedArchive } from '../live/live-archive.ts';
import type { LiveSales } from '../live/live-sales.ts';
import type { DataProfile } from './data-profile.ts';

/** Every check by its name, in the order of the report. */
export const CHECK_NAMES = [
  'bad-rows',
  'missing-days',
  'missing-values',
  'absurd-values',
  'levels',
  'last-day',
  'stale-files',
  'vanished-series',
  'rewritten-history',
  'drift',
  'promotions',
  'promotion-plan',
  'zeros',
  'live-lag',
  'live-archive',
  'refused-rows',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What one check found. `info` is as it should be, `warning` is told, `failure` stops the run. */
export const dataCheckSchema = z.object({
  name: z.enum(CHECK_NAMES),
  severity: z.enum(['info', 'warning', 'failure']),
  /** What was found, in a sentence. */
  finding: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string()])),
  /** What to do about it; null where nothing is to be done. */
  fix: z.string().nullable(),
});
export type DataCheck = z.infer<typeof dataCheckSchema>;

/** What the checks of a run found; `models/<version>/data-checks.json`. */
export const dataChecksSchema = z.object({
  schema_version: z.literal(1),
  dataset: z.string(),
  first_date: z.iso.date(),
  last_date: z.iso.date(),
  series: z.int(),
  checks: z.array(dataCheckSchema),
  /** Failures that the run was told to go on with. */
  allowed: z.array(z.enum(CHECK_NAMES)),
});
export type DataChecks = z.infer<typeof dataChecksSchema>;

/** What the checks look at. */
export interface CheckInput {
  /** What is learned from; ends with the last finished day. */
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

export function threeDecimals(value: number): number {
  return Math.round(value * 1000) / 1000;
}
