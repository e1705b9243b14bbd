import { z } from 'zod';
import type { BusinessClock } from '../../shared/calendar/business-clock.ts';
import { TICKS_PER_WEEK } from '../../shared/calendar/tick.ts';
import {
  amountVariable,
  businessClockVariable,
  parseVariables,
} from '../../shared/configuration/variables.ts';

export interface AggregatorConfiguration {
  readonly clock: BusinessClock;
  /** Stream entries that one run counts at most, and the characters of their payloads. */
  readonly maxEntries: number;
  readonly maxCharacters: number;
  /** Stores whose history one run imports at most. */
  readonly storesPerRun: number;
  /** Series whose finished days one run compacts at most. */
  readonly compactSeriesPerRun: number;
}

/** The defaults fit the free plan's CPU limit: `npm run bench -- invocations` measures them. */
export const aggregatorVariables = {
  BUSINESS_TIME_ZONE: businessClockVariable,
  AGGREGATE_MAX_ENTRIES: amountVariable(12, TICKS_PER_WEEK),
  AGGREGATE_MAX_CHARACTERS: amountVariable(100_000, 8_000_000),
  IMPORT_STORES_PER_RUN: amountVariable(1, 10_000),
  COMPACT_SERIES_PER_RUN: amountVariable(50, 1_000_000),
};
const variablesSchema = z.object(aggregatorVariables);

/** @throws {ConfigurationError} listing every variable that is missing or wrong. */
export function parseAggregatorConfiguration(variables: unknown): AggregatorConfiguration {
  return toAggregatorConfiguration(parseVariables(variablesSchema, variables, 'the aggregator'));
}

export function toAggregatorConfiguration(data: z.output<typeof variablesSchema>): AggregatorConfiguration {
  return {
    clock: data.BUSINESS_TIME_ZONE,
    maxEntries: data.AGGREGATE_MAX_ENTRIES,
    maxCharacters: data.AGGREGATE_MAX_CHARACTERS,
    storesPerRun: data.IMPORT_STORES_PER_RUN,
    compactSeriesPerRun: data.COMPACT_SERIES_PER_RUN,
  };
}
