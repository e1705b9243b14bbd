import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import type { R2Configuration } from '../../../workers/trainer/publish/object-store/r2-configuration.ts';
import { freePort } from '../processes/local-process.ts';

/** The S3 server of moto, an implementation of its own that others test against. */
export const MOTO_PACKAGES = ['moto[server]==5.2.5'] as const;

const START_LIMIT_MS = 60_000;
const CREDENTIALS = { accessKeyId: 'moto', secretAccessKey: 'moto secret' };

export interface MotoServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Makes an empty bucket. */
  createBucket(name: string): Promise<R2Configuration>;
}

/** @param programs the directory of the virtual environment's programs */
export async function startMotoServer(programs: string): Promise<MotoServer> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(
    join(programs, 'python'),
    ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-4000);
  });
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill();
    await ended;
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answers(endpoint))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`moto did not start on ${endpoint}: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    async createBucket(bucket) {
      // Unlike R2, moto requires a region of AWS here.
      const client = new AwsClient({ ...CREDENTIALS, service: 's3', region: 'us-east-1' });
      const response = await client.fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
      if (!response.ok) throw new Error(`moto did not make ${bucket}: ${await response.text()}`);
      return { endpoint, bucket, ...CREDENTIALS };
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    (response) => response.status < 500,
    () => false,
  );
}
