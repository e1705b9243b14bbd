/**
 * The API as a Worker of its own: it reads Redis with a read-only token, and passes sales to the producer through a
 * service binding.
 *
 * @module
 */
import { env as bindings } from 'cloudflare:workers';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { createObjectPipelineStatus } from '../../shared/pipeline-status/object-pipeline-status.ts';
import { chooseStore } from '../../shared/sales-store/bindings/choose-store.ts';
import type { TransactionIntake } from '../../shared/schemas/api/transactions.ts';
import { answerRequest } from './answer-request.ts';
import { type ApiBindings, createWorkerApi } from './create-worker-api.ts';

interface SplitApiBindings extends ApiBindings {
  readonly UPSTASH_REDIS_REST_URL?: string;
  /** The database's read-only token, a secret. */
  readonly UPSTASH_REDIS_REST_READONLY_TOKEN?: string;
  /** The entrypoint `Intake` of the producer. */
  readonly PRODUCER: TransactionIntake;
  /** The dashboard's files. */
  readonly ASSETS: Fetcher;
}

function openApi({ PRODUCER, ...env }: SplitApiBindings) {
  const { UPSTASH_REDIS_REST_READONLY_TOKEN: token = '' } = env;
  if (token === '') console.error('UPSTASH_REDIS_REST_READONLY_TOKEN is missing: set it as a secret');
  return createWorkerApi(env, {
    store: chooseStore({ ...env, UPSTASH_REDIS_REST_TOKEN: token }),
    runs: createObjectPipelineStatus(createR2ObjectStore(env.ARTIFACTS)),
    intake: { takeIn: (incoming) => PRODUCER.takeIn(incoming) },
  });
}

/** Made at start-up, which has a time limit of its own; its caches live as long as the isolate. */
const api = openApi(bindings as unknown as SplitApiBindings);

export default {
  fetch: (request, env) => answerRequest(request, api, env.ASSETS),
} satisfies ExportedHandler<SplitApiBindings>;
