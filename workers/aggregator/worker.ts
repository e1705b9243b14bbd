/**
 * The aggregator as a Worker of its own: counts the stream, compacts and expires. It has no address.
 *
 * @module
 */
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { createObjectPipelineStatus } from '../../shared/pipeline-status/object-pipeline-status.ts';
import { runRecorded } from '../../shared/pipeline-status/pipeline-status.ts';
import { chooseStore, type StoreBindings } from '../../shared/sales-store/bindings/choose-store.ts';
import { aggregatePartitions } from './aggregate-partitions.ts';
import { parseAggregatorConfiguration } from './configuration.ts';

interface AggregatorBindings extends StoreBindings {
  readonly ARTIFACTS: R2Bucket;
}

function openAggregator(bindings: AggregatorBindings) {
  const objects = createR2ObjectStore(bindings.ARTIFACTS);
  return {
    store: chooseStore(bindings),
    objects,
    status: createObjectPipelineStatus(objects),
    limits: parseAggregatorConfiguration(bindings),
  };
}

/** Lives as long as the isolate. */
let opened: ReturnType<typeof openAggregator> | null = null;

export default {
  scheduled: async ({ scheduledTime }, env) => {
    opened ??= openAggregator(env);
    const { store, objects, status, limits } = opened;
    await runRecorded(status, 'aggregator', scheduledTime, () =>
      aggregatePartitions({ store, objects, now: scheduledTime, ...limits }),
    );
  },
} satisfies ExportedHandler<AggregatorBindings>;
