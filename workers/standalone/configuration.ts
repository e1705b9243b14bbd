import { z } from 'zod';
import { parseVariables } from '../../shared/configuration/variables.ts';
import {
  type AggregatorConfiguration,
  aggregatorVariables,
  toAggregatorConfiguration,
} from '../aggregator/configuration.ts';
import {
  type ProducerConfiguration,
  producerVariables,
  toProducerConfiguration,
} from '../producer/configuration.ts';

/** The parsed configuration of the standalone Worker, apart from its API. */
export interface PipelineConfiguration extends ProducerConfiguration {
  readonly aggregate: AggregatorConfiguration;
}

const variablesSchema = z.object({ ...producerVariables, ...aggregatorVariables });

/** @throws {ConfigurationError} listing every variable that is missing or wrong. */
export function parsePipelineConfiguration(variables: unknown): PipelineConfiguration {
  const data = parseVariables(variablesSchema, variables, 'the pipeline');
  return { ...toProducerConfiguration(data), aggregate: toAggregatorConfiguration(data) };
}
