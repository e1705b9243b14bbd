import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import {
  type PipelineProcess,
  type PipelineStatus,
  runRecorded,
} from '../../shared/pipeline-status/pipeline-status.ts';
import type { PartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import { aggregatePartitions } from '../aggregator/aggregate-partitions.ts';
import { producePartitions } from '../producer/produce-partitions.ts';
import type { PipelineConfiguration } from './configuration.ts';

export interface PipelineParts {
  readonly store: PartitionedStore;
  readonly objects: ObjectStore;
  readonly status: PipelineStatus;
  readonly configuration: PipelineConfiguration;
}

/**
 * One run of the standalone Worker: produce, then aggregate. Each is recorded, and a failure of one does not prevent
 * the other.
 *
 * @throws {AggregateError} when any of them failed, so that the platform shows the run as failed.
 */
export async function runPipeline(
  { store, objects, status, configuration }: PipelineParts,
  scheduledTime: EpochMs,
): Promise<void> {
  const failures: unknown[] = [];
  const run = (process: PipelineProcess, work: () => Promise<{ readonly outcome: string }>) =>
    runRecorded(status, process, scheduledTime, work).catch((error: unknown) => {
      failures.push(error);
    });

  const { replay, aggregate } = configuration;
  await run('producer', () => producePartitions({ store, objects, now: scheduledTime, ...replay }));
  await run('aggregator', () => aggregatePartitions({ store, objects, now: scheduledTime, ...aggregate }));
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of 2 processes failed: ${failures.join('; ')}`);
  }
}
