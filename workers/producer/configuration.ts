import { z } from 'zod';
import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { DAY_MS, HOUR_MS } from '../../shared/calendar/day-number.ts';
import { TICKS_PER_WEEK } from '../../shared/calendar/tick.ts';
import {
  amountVariable,
  businessClockVariable,
  nowVariable,
  parseVariables,
} from '../../shared/configuration/variables.ts';
import type { IngestLimits } from './ingest/limits.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

export interface ReplayConfiguration {
  readonly clock: BusinessClock;
  /** Transactions that the replay sends in one tick. */
  readonly batchSize: number;
  /** Ticks that one run of the producer sends at most. */
  readonly maxTicks: number;
  /** A drill that the replay plays, if any. */
  readonly scenario: Scenario | undefined;
}

export interface ProducerConfiguration {
  /** The clock by which deliveries are judged, and which tells when a run ends. */
  readonly now: () => EpochMs;
  readonly replay: ReplayConfiguration;
  readonly ingest: IngestLimits;
}

/** The defaults fit the free plan, see the README beside this file. */
export const producerVariables = {
  BUSINESS_TIME_ZONE: businessClockVariable,
  CLOCK_OFFSET_MS: nowVariable,
  REPLAY_BATCH_SIZE: amountVariable(50, 10_000),
  REPLAY_MAX_TICKS: amountVariable(12, TICKS_PER_WEEK),
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
  INGEST_MAX_ROWS: amountVariable(5000, 5000),
  INGEST_MAX_BYTES: amountVariable(2_000_000, 4_000_000),
  INGEST_ROWS_PER_ENTRY: amountVariable(250, 1000),
  INGEST_MAX_UNITS: amountVariable(10_000, 1_000_000),
  INGEST_MAX_HOURS_AHEAD: amountVariable(1, 24),
  INGEST_MAX_DAYS_LATE: amountVariable(7, 390),
};
const variablesSchema = z.object(producerVariables);

/** @throws {ConfigurationError} listing every variable that is missing or wrong. */
export function parseProducerConfiguration(variables: unknown): ProducerConfiguration {
  return toProducerConfiguration(parseVariables(variablesSchema, variables, 'the producer'));
}

export function toProducerConfiguration(data: z.output<typeof variablesSchema>): ProducerConfiguration {
  return {
    now: data.CLOCK_OFFSET_MS,
    replay: {
      clock: data.BUSINESS_TIME_ZONE,
      batchSize: data.REPLAY_BATCH_SIZE,
      maxTicks: data.REPLAY_MAX_TICKS,
      scenario: data.REPLAY_SCENARIO,
    },
    ingest: {
      maxRows: data.INGEST_MAX_ROWS,
      maxBytes: data.INGEST_MAX_BYTES,
      rowsPerEntry: data.INGEST_ROWS_PER_ENTRY,
      maxUnits: data.INGEST_MAX_UNITS,
      maxAheadMs: data.INGEST_MAX_HOURS_AHEAD * HOUR_MS,
      maxLateMs: data.INGEST_MAX_DAYS_LATE * DAY_MS,
    },
  };
}
