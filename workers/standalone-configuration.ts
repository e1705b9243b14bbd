import { z } from 'zod';
import { type BusinessClock, createBusinessClock } from '../shared/calendar/business-clock.ts';
import { type Scenario, scenarioSchema } from './producer/scenario.ts';

/** What the scheduled runs of the standalone Worker are configured by, with everything parsed. */
export interface PipelineConfiguration {
  readonly clock: BusinessClock;
  /** Transactions that the replay sends in one tick. */
  readonly batchSize: number;
  /** Ticks that one run of the producer sends at most. */
  readonly maxTicks: number;
  /** Stream entries that one run of the aggregator counts at most. */
  readonly maxEntries: number;
  /** Stores whose history one run imports at most. */
  readonly storesPerRun: number;
  /** Series whose closed days one run compacts at most. */
  readonly compactSeriesPerRun: number;
  /** A drill that the replay plays, if any. */
  readonly scenario: Scenario | undefined;
}

/** The variables of the Worker are not what the pipeline needs; the message lists all of them. */
class PipelineConfigurationError extends Error {
  override readonly name = 'PipelineConfigurationError';
}

/** A whole number from 1 on, written as text. The defaults fit the free plan's CPU limit. */
const amount = (fallback: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .default(String(fallback))
    .transform(Number)
    .refine((value) => value >= 1 && value <= max, `must lie in 1..${max}`);

const variablesSchema = z.object({
  BUSINESS_TIME_ZONE: z
    .string('is required: write an IANA time zone such as America/Guayaquil')
    .transform((name, context) => {
      try {
        return createBusinessClock(name);
      } catch {
        context.addIssue({ code: 'custom', message: `"${name}" is not an IANA time zone` });
        return z.NEVER;
      }
    }),
  REPLAY_BATCH_SIZE: amount(50, 10_000),
  REPLAY_MAX_TICKS: amount(12, 2016),
  AGGREGATE_MAX_ENTRIES: amount(24, 2016),
  IMPORT_STORES_PER_RUN: amount(4, 10_000),
  COMPACT_SERIES_PER_RUN: amount(200, 1_000_000),
  REPLAY_SCENARIO: z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined || text === '') return undefined;
      try {
        const parsed = scenarioSchema.safeParse(JSON.parse(text));
        if (parsed.success) return parsed.data;
        for (const issue of parsed.error.issues) {
          context.addIssue({ code: 'custom', message: `${issue.path.join('.')}: ${issue.message}` });
        }
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON such as {"kind":"shock","factor":2}' });
      }
      return z.NEVER;
    }),
});

/** @throws {PipelineConfigurationError} listing every variable that is missing or wrong. */
export function parsePipelineConfiguration(variables: unknown): PipelineConfiguration {
  const parsed = variablesSchema.safeParse(variables);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new PipelineConfigurationError(
      `the configuration of the pipeline is not valid: ${lines.join('; ')}`,
    );
  }
  const { data } = parsed;
  return {
    clock: data.BUSINESS_TIME_ZONE,
    batchSize: data.REPLAY_BATCH_SIZE,
    maxTicks: data.REPLAY_MAX_TICKS,
    maxEntries: data.AGGREGATE_MAX_ENTRIES,
    storesPerRun: data.IMPORT_STORES_PER_RUN,
    compactSeriesPerRun: data.COMPACT_SERIES_PER_RUN,
    scenario: data.REPLAY_SCENARIO,
  };
}
