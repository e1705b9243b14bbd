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

/** The result of one check. `info`: as it should be; `warning`: worth a look; `failure`: stops the run. */
export const dataCheckSchema = z.object({
  name: z.enum(CHECK_NAMES),
  severity: z.enum(['info', 'warning', 'failure']),
  /** The finding, in a sentence. */
  finding: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string()])),
  /** The fix; null if nothing needs to be done. */
  fix: z.string().nullable(),
});
export type DataCheck = z.infer<typeof dataCheckSchema>;

/** The data checks of a run; `models/<version>/data-checks.json`. */
export const dataChecksSchema = z.object({
  schema_version: z.literal(1),
  dataset: z.string(),
  first_date: z.iso.date(),
  last_date: z.iso.date(),
  series: z.int(),
  checks: z.array(dataCheckSchema),
  /** Failures that the run was allowed to continue with. */
  allowed: z.array(z.enum(CHECK_NAMES)),
});
export type DataChecks = z.infer<typeof dataChecksSchema>;

/** The input of the checks. */
export interface CheckInput {
  /** The training data; ends with the last finished day. */
  readonly history: Dataset;
  /** The report of the file reader; null for synthetic sales. */
  readonly files: CsvReport | null;
  /** Sales from the feature store; null without one. */
  readonly live: LiveSales | null;
  /** Archived live days that are not used in training. */
  readonly unusedArchive: readonly UnusedArchive[];
  /** Whether the dataset was moved in time, so that it ends yesterday however old it is. */
  readonly isReplayed: boolean;
  /** The last run's profile of the same dataset, under its current dates; null for the first run. */
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
