import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import { partitionNamespace } from '../../shared/sales-store/upstash/keys.ts';
import { createUpstashClient } from '../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../shared/sales-store/upstash/upstash-sales-store.ts';
import { startRedisBridge } from '../../workers/local/redis-bridge/redis-bridge.ts';
import type { R2Configuration } from '../../workers/trainer/publish/object-store/r2-configuration.ts';
import { ensureVirtualEnvironment } from '../support/processes/virtual-environment.ts';
import { startMlflowServer } from '../support/stand-ins/mlflow-server.ts';
import { MOTO_PACKAGES, startMotoServer } from '../support/stand-ins/moto-server.ts';

/** Stand-ins for the accounts of the nightly run, all on loopback. */
export interface StandIns extends AsyncDisposable {
  readonly bucket: R2Configuration;
  /** null without redis-server. */
  readonly store: SalesStore | null;
  /** null if MLflow is not installed. */
  readonly mlflowUrl: string | null;
  /** The variables of the nightly run. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts an S3 server and, if they are installed, an MLflow server and a Redis behind Upstash's REST protocol. */
export async function startStandIns(directory: string, onStep: (step: string) => void): Promise<StandIns> {
  const stack = new AsyncDisposableStack();
  try {
    onStep('starting moto (S3)');
    const moto = stack.use(await startMotoServer(await ensureVirtualEnvironment('moto', MOTO_PACKAGES)));
    const bucket = await moto.createBucket('artifacts');
    onStep('starting MLflow');
    const mlflow = await startMlflowServer();
    if (mlflow) stack.defer(() => mlflow.stop());
    onStep('starting Redis');
    const redis = await startRedis(directory);
    if (redis) stack.defer(() => redis.stop());
    const started = stack.move();
    return {
      bucket,
      store: redis && openStore(redis),
      mlflowUrl: mlflow?.url ?? null,
      environment: {
        R2_BUCKET: bucket.bucket,
        R2_ENDPOINT: bucket.endpoint,
        R2_ACCESS_KEY_ID: bucket.accessKeyId,
        R2_SECRET_ACCESS_KEY: bucket.secretAccessKey,
        // Runs that an earlier release kept for a real tracking server must not be taken over.
        TRACKING_DIRECTORY: join(directory, 'tracking'),
        ...(redis && { UPSTASH_REDIS_REST_URL: redis.url, UPSTASH_REDIS_REST_TOKEN: redis.readOnlyToken }),
        ...(mlflow && { MLFLOW_TRACKING_URI: mlflow.url }),
      },
      [Symbol.asyncDispose]: () => started.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function startRedis(directory: string) {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const dataDir = await mkdtemp(join(directory, 'redis-'));
  return startRedisBridge({ dataDir });
}

function openStore({ url, token }: { readonly url: string; readonly token: string }): SalesStore {
  return createUpstashSalesStore(createUpstashClient({ url, token }), { namespace: partitionNamespace(0) });
}

/** A directory that is removed when the caller's scope ends. */
export async function temporaryDirectory(name: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), `${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
