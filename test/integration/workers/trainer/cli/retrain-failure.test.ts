import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startBucketServer } from '../../../../support/stand-ins/bucket-server.ts';

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));

it('a failed night says why in the summary of the run, and publishes nothing', async () => {
  await using bucket = await startBucketServer();
  const { configuration, objects } = bucket;
  const summary = join(await mkdtemp(join(tmpdir(), 'retrain-')), 'summary.md');
  const environment = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    R2_BUCKET: configuration.bucket,
    R2_ENDPOINT: configuration.endpoint,
    R2_ACCESS_KEY_ID: configuration.accessKeyId,
    R2_SECRET_ACCESS_KEY: configuration.secretAccessKey,
    RETRAIN_DATASET: '/nowhere',
    // A workflow passes a missing variable as an empty string.
    UPSTASH_REDIS_REST_URL: '',
    STREAM_PARTITIONS: '',
    MLFLOW_TRACKING_URI: '',
    GITHUB_STEP_SUMMARY: summary,
  };
  const retrain = (changes: Record<string, string>) =>
    promisify(execFile)(process.execPath, ['workers/trainer/cli/retrain.ts'], {
      cwd: ROOT,
      env: { ...environment, ...changes },
    }).catch((error: unknown) => error);

  const failed = await retrain({});
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('/nowhere') });
  expect(await readFile(summary, 'utf8')).toMatch(/## The training run failed\n\nDatasetError: .*\/nowhere/);

  expect(await retrain({ R2_SECRET_ACCESS_KEY: 'wrong' })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY'),
  });
  expect(await retrain({ R2_BUCKET: '' })).toMatchObject({ code: 1, stderr: 'R2_BUCKET is not set\n' });
  expect((await readFile(summary, 'utf8')).match(/## The training run failed/g)).toHaveLength(3);

  // Before the data are read, let alone trained on.
  bucket.fault = (request) => (request.startsWith('GET') ? undefined : { status: 403, code: 'AccessDenied' });
  const readOnly = await retrain({});
  expect(readOnly).toMatchObject({ code: 1, stderr: expect.stringContaining('needs "Object Read & Write"') });
  expect(String(readOnly)).not.toContain('/nowhere');
  expect(objects.size).toBe(0);
});
