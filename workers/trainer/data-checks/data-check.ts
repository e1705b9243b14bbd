import { z } from 'zod';

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
