/**
 * The producer as a Worker of its own: the only one of the split deployment that may append to the stream. Its cron
 * replays; other Workers hand sales over through a service binding to `Intake`. It has no address.
 *
 * @module
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type {
  IncomingTransactions,
  IntakeAnswer,
  TransactionIntake,
} from '../../shared/ingest/transaction-intake.ts';
import { createR2ObjectStore } from '../../shared/models/r2-object-store.ts';
import { chooseStore, type StoreBindings } from '../../shared/store/choose-store.ts';
import { createObjectPipelineStatus } from '../../shared/store/pipeline-status/object-pipeline-status.ts';
import { runRecorded } from '../../shared/store/pipeline-status/run-recorded.ts';
import { parseProducerConfiguration } from './configuration.ts';
import { createTransactionIntake } from './ingest/transaction-intake.ts';
import { producePartitions } from './produce-partitions.ts';

interface ProducerBindings extends StoreBindings {
  readonly ARTIFACTS: R2Bucket;
}

function openProducer(bindings: ProducerBindings) {
  const { replay, ingest } = parseProducerConfiguration(bindings);
  const store = chooseStore(bindings);
  const objects = createR2ObjectStore(bindings.ARTIFACTS);
  return {
    store,
    objects,
    replay,
    status: createObjectPipelineStatus(objects),
    intake: createTransactionIntake({ store, objects, clock: replay.clock, limits: ingest, now: Date.now }),
  };
}

/** Lives as long as the isolate. */
let opened: ReturnType<typeof openProducer> | null = null;

/** Takes in transactions for Workers that may not append. */
export class Intake extends WorkerEntrypoint<ProducerBindings> implements TransactionIntake {
  takeIn(incoming: IncomingTransactions): Promise<IntakeAnswer> {
    opened ??= openProducer(this.env);
    return opened.intake.takeIn(incoming);
  }
}

export default {
  scheduled: async ({ scheduledTime }, env) => {
    opened ??= openProducer(env);
    const { store, objects, replay, status } = opened;
    await runRecorded(status, 'producer', scheduledTime, () =>
      producePartitions({ store, objects, now: scheduledTime, ...replay }),
    );
  },
} satisfies ExportedHandler<ProducerBindings>;
