import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { type PipelineStatus, runRecorded } from '../../shared/pipeline-status/pipeline-status.ts';
import type { PartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import { aggregatePartitions } from '../aggregator/aggregate-partitions.ts';
import type { AggregatorReport } from '../aggregator/aggregate-store.ts';
import { aggregateFollowed } from '../aggregator/follow-up.ts';
import { producePartitions } from '../producer/produce-partitions.ts';
import type { PipelineConfiguration } from './configuration.ts';

export interface PipelineParts {
  readonly store: PartitionedStore;
  readonly objects: ObjectStore;
  readonly status: PipelineStatus;
  readonly configuration: PipelineConfiguration;
}

/** One run of the aggregator alone. */
export function aggregateOnce(
  { store, objects, configuration }: PipelineParts,
  scheduledTime: EpochMs,
): Promise<AggregatorReport> {
  return aggregatePartitions({ store, objects, ...configuration.aggregate, now: scheduledTime });
}

/**
 * One run of the standalone Worker: produce, then aggregate until nothing waits. Each is recorded, and a failure of one
 * does not prevent the other.
 *
 * @param followUp one more run of the aggregator, in an invocation of its own.
 * @throws {AggregateError} when any of them failed, so that the platform shows the run as failed.
 */
export async function runPipeline(
  parts: PipelineParts,
  scheduledTime: EpochMs,
  followUp: () => Promise<AggregatorReport>,
): Promise<void> {
  const { store, objects, status, configuration } = parts;
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
  };
  const { now, replay, aggregate } = configuration;
  const time = { scheduledTime, now };
  await runRecorded(status, 'producer', time, () =>
    producePartitions({ store, objects, now: scheduledTime, ...replay }),
  ).catch(fail);
  const { followUpsPerHour } = aggregate;
  const run = () => aggregateOnce(parts, scheduledTime);
  await aggregateFollowed({ ...time, status, followUpsPerHour, run, followUp }).catch(fail);
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of 2 processes failed: ${failures.join('; ')}`);
  }
}
