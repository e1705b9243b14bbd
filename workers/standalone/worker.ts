/**
 * The standalone Worker: every process in one deployment, with the embedded store.
 *
 * @module
 */
import { env as bindings, WorkerEntrypoint } from 'cloudflare:workers';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { chooseStore, type StoreBindings } from '../../shared/sales-store/bindings/choose-store.ts';
import type { SalesStoreObject } from '../../shared/sales-store/durable/sales-store-object.ts';
import type { AggregatorReport } from '../aggregator/aggregate-store.ts';
import type { FollowUpExports } from '../aggregator/follow-up.ts';
import { answerRequest } from '../api/answer-request.ts';
import { type ApiBindings, createWorkerApi } from '../api/create-worker-api.ts';
import { recordFailedIntake } from '../producer/ingest/record-failed-intake.ts';
import { createTransactionIntake } from '../producer/ingest/transaction-intake.ts';
import { parsePipelineConfiguration } from './configuration.ts';
import { aggregateOnce, type PipelineParts, runPipeline } from './pipeline.ts';
import { createPipelineStatus } from './pipeline-status.ts';

export { SalesStoreObject } from '../../shared/sales-store/durable/sales-store-object.ts';
export { PipelineStatusObject } from './pipeline-status.ts';

interface StandaloneBindings extends ApiBindings, Omit<StoreBindings, 'SALES_STORE'> {
  readonly SALES_STORE: DurableObjectNamespace<SalesStoreObject>;
  readonly PIPELINE_STATUS: DurableObjectNamespace;
  /** The dashboard's files. */
  readonly ASSETS: Fetcher;
}

const environment = bindings as unknown as StandaloneBindings;
const store = chooseStore(environment);
const objects = createR2ObjectStore(environment.ARTIFACTS);
const status = createPipelineStatus(environment.PIPELINE_STATUS);

/** Opened by the first run or delivery: invalid variables must not stop the API. */
let pipeline: (PipelineParts & { readonly intake: ReturnType<typeof createTransactionIntake> }) | null = null;

function openPipeline() {
  if (pipeline) return pipeline;
  const configuration = parsePipelineConfiguration(environment);
  const { now, replay } = configuration;
  const { clock } = replay;
  const intake = recordFailedIntake(
    createTransactionIntake({ store, objects, clock, limits: configuration.ingest, now }),
    { status, now },
  );
  pipeline = { store, objects, status, configuration, intake };
  return pipeline;
}

/** Made at start-up, which has a time limit of its own; its caches live as long as the isolate. */
const api = createWorkerApi(environment, {
  store,
  runs: status,
  intake: { takeIn: async (incoming) => openPipeline().intake.takeIn(incoming) },
});

/** One more run of the aggregator: the Worker calls itself, since each call may take the CPU time of an invocation. */
export class FollowUp extends WorkerEntrypoint<StandaloneBindings> {
  run(scheduledTime: EpochMs): Promise<AggregatorReport> {
    return aggregateOnce(openPipeline(), scheduledTime);
  }
}

export default {
  fetch: (request, env) => answerRequest(request, api, env.ASSETS),
  scheduled: ({ scheduledTime }, _, context) =>
    runPipeline(openPipeline(), scheduledTime, () =>
      (context.exports as FollowUpExports).FollowUp.run(scheduledTime),
    ),
} satisfies ExportedHandler<StandaloneBindings>;
