import { z } from 'zod';
import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { TICKS_PER_WEEK } from '../../shared/calendar/tick.ts';
import {
  amountVariable,
  businessClockVariable,
  nowVariable,
  parseVariables,
} from '../../shared/configuration/variables.ts';

export interface AggregatorConfiguration {
  readonly clock: BusinessClock;
  /** Tells when a run ends. */
  readonly now: () => EpochMs;
  /** Stream entries that one run counts at most, and the characters of their payloads. */
  readonly maxEntries: number;
  readonly maxCharacters: number;
  /** Stores whose history one run imports at most. */
  readonly storesPerRun: number;
  /** Series whose finished days one run compacts at most. */
  readonly compactSeriesPerRun: number;
  /** Runs of one hour that may follow those of the schedule, see `aggregateFollowed`. */
  readonly followUpsPerHour: number;
}

/** The defaults fit the free plan's CPU limit: `npm run bench -- invocations` measures them. */
export const aggregatorVariables = {
  BUSINESS_TIME_ZONE: businessClockVariable,
  CLOCK_OFFSET_MS: nowVariable,
  AGGREGATE_MAX_ENTRIES: amountVariable(12, TICKS_PER_WEEK),
  AGGREGATE_MAX_CHARACTERS: amountVariable(100_000, 8_000_000),
  IMPORT_STORES_PER_RUN: amountVariable(1, 10_000),
  COMPACT_SERIES_PER_RUN: amountVariable(50, 1_000_000),
  AGGREGATE_FOLLOW_UPS_PER_HOUR: amountVariable(24, 240, 0),
};
const variablesSchema = z.object(aggregatorVariables);

/** @throws {ConfigurationError} listing every variable that is missing or wrong. */
export function parseAggregatorConfiguration(variables: unknown): AggregatorConfiguration {
  return toAggregatorConfiguration(parseVariables(variablesSchema, variables, 'the aggregator'));
}

export function toAggregatorConfiguration(data: z.output<typeof variablesSchema>): AggregatorConfiguration {
  return {
    clock: data.BUSINESS_TIME_ZONE,
    now: data.CLOCK_OFFSET_MS,
    maxEntries: data.AGGREGATE_MAX_ENTRIES,
    maxCharacters: data.AGGREGATE_MAX_CHARACTERS,
    storesPerRun: data.IMPORT_STORES_PER_RUN,
    compactSeriesPerRun: data.COMPACT_SERIES_PER_RUN,
    followUpsPerHour: data.AGGREGATE_FOLLOW_UPS_PER_HOUR,
  };
}
