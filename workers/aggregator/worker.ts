/**
 * The aggregator as a Worker of its own: counts the stream, compacts and expires. It has no address.
 *
 * @module
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { createObjectPipelineStatus } from '../../shared/pipeline-status/object-pipeline-status.ts';
import { chooseStore, type StoreBindings } from '../../shared/sales-store/bindings/choose-store.ts';
import { aggregatePartitions } from './aggregate-partitions.ts';
import type { AggregatorReport } from './aggregate-store.ts';
import { parseAggregatorConfiguration } from './configuration.ts';
import { aggregateFollowed, type FollowUpExports } from './follow-up.ts';

interface AggregatorBindings extends StoreBindings {
  readonly ARTIFACTS: R2Bucket;
}

function openAggregator(bindings: AggregatorBindings) {
  const { now, followUpsPerHour, ...limits } = parseAggregatorConfiguration(bindings);
  const objects = createR2ObjectStore(bindings.ARTIFACTS);
  const store = chooseStore(bindings);
  return {
    status: createObjectPipelineStatus(objects),
    now,
    followUpsPerHour,
    aggregate: (instant: EpochMs) => aggregatePartitions({ store, objects, now: instant, ...limits }),
  };
}

/** Lives as long as the isolate. */
let opened: ReturnType<typeof openAggregator> | null = null;

/** One run after another: the Worker calls itself, since each call may take the CPU time of an invocation. */
export class FollowUp extends WorkerEntrypoint<AggregatorBindings> {
  run(scheduledTime: EpochMs): Promise<AggregatorReport> {
    opened ??= openAggregator(this.env);
    return opened.aggregate(scheduledTime);
  }
}

export default {
  scheduled: async ({ scheduledTime }, env, context) => {
    opened ??= openAggregator(env);
    const { aggregate, ...parts } = opened;
    await aggregateFollowed({
      ...parts,
      scheduledTime,
      run: () => aggregate(scheduledTime),
      followUp: () => (context.exports as FollowUpExports).FollowUp.run(scheduledTime),
    });
  },
} satisfies ExportedHandler<AggregatorBindings>;
