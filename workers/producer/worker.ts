/**
 * The producer as a Worker of its own: the only one of the split deployment that may append to the stream. Its cron
 * replays; other Workers hand sales over through a service binding to `Intake`. It has no address.
 *
 * @module
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { createObjectPipelineStatus } from '../../shared/pipeline-status/object-pipeline-status.ts';
import { runRecorded } from '../../shared/pipeline-status/pipeline-status.ts';
import { chooseStore, type StoreBindings } from '../../shared/sales-store/bindings/choose-store.ts';
import type {
  IncomingTransactions,
  IntakeAnswer,
  TransactionIntake,
} from '../../shared/schemas/api/transactions.ts';
import { parseProducerConfiguration } from './configuration.ts';
import { recordFailedIntake } from './ingest/record-failed-intake.ts';
import { createTransactionIntake } from './ingest/transaction-intake.ts';
import { producePartitions } from './produce-partitions.ts';

interface ProducerBindings extends StoreBindings {
  readonly ARTIFACTS: R2Bucket;
}

function openProducer(bindings: ProducerBindings) {
  const { now, replay, ingest } = parseProducerConfiguration(bindings);
  const store = chooseStore(bindings);
  const objects = createR2ObjectStore(bindings.ARTIFACTS);
  const status = createObjectPipelineStatus(objects);
  return {
    store,
    objects,
    replay,
    status,
    now,
    intake: recordFailedIntake(
      createTransactionIntake({ store, objects, clock: replay.clock, limits: ingest, now }),
      { status, now },
    ),
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
    const { store, objects, replay, status, now } = opened;
    await runRecorded(status, 'producer', { scheduledTime, now }, () =>
      producePartitions({ store, objects, now: scheduledTime, ...replay }),
    );
  },
} satisfies ExportedHandler<ProducerBindings>;
