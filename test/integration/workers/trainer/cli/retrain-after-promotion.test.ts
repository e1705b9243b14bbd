import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { type BucketServer, startBucketServer } from '../../../../support/stand-ins/bucket-server.ts';
import { startTrackingServer, type TrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));
const SMALL = [
  ...['--stores', '2', '--families', '4', '--windows', '4', '--threads', '1'],
  ...['--rounds', '20', '--trees-per-round', '1', '--max-rows', '5000', '--stopping-windows', '0'],
];

beforeEach(async (context) => {
  await openXgboostOrSkip(context);
});

/** The first night of a bucket, as the workflow runs it. */
async function retrain(bucket: BucketServer, tracking: TrackingServer) {
  const { configuration } = bucket;
  const directory = await mkdtemp(join(tmpdir(), 'retrain-'));
  const summary = join(directory, 'summary.md');
  const child = promisify(execFile)(
    process.execPath,
    ['workers/trainer/cli/retrain.ts', ...SMALL, '--force'],
    {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        HOME: process.env.HOME,
        R2_BUCKET: configuration.bucket,
        R2_ENDPOINT: configuration.endpoint,
        R2_ACCESS_KEY_ID: configuration.accessKeyId,
        R2_SECRET_ACCESS_KEY: configuration.secretAccessKey,
        RETRAIN_DATASET: 'synthetic',
        MLFLOW_TRACKING_URI: tracking.url,
        TRACKING_DIRECTORY: join(directory, 'tracking'),
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: summary,
        ...(process.env.XGBOOST_LIBRARY && { XGBOOST_LIBRARY: process.env.XGBOOST_LIBRARY }),
      },
    },
  );
  const { code, stdout } = await child.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, stdout, summary: await readFile(summary, 'utf8') };
}

const championIn = ({ objects }: BucketServer): string =>
  JSON.parse(String(objects.get(objectKeys.current) ?? '{}')).current?.model;
const championLogged = ({ memory }: TrackingServer) =>
  memory.versions?.[(memory.aliases.get('champion') ?? 0) - 1];

describe('a night with a failure after the promotion', () => {
  it('succeeds if only the data profile cannot be written, with a warning', async () => {
    await using bucket = await startBucketServer();
    await using tracking = await startTrackingServer();
    bucket.fault = (request) =>
      request === `PUT ${objectKeys.dataProfile}` ? { status: 403, code: 'AccessDenied' } : undefined;
    const { code, stdout, summary } = await retrain(bucket, tracking);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^::warning::The profile of the data is not written/m);
    expect(stdout).not.toMatch(/^::warning::MLflow: sent/m);
    expect(summary).toMatch(/### Notes\n\n(- .*\n)*- \*\*warning\*\* The profile of the data is not written/);
    expect(summary).toMatch(/^## Promoted: /);
    expect(championLogged(tracking)).toBe(championIn(bucket));
  });

  it('reports what is in service, also to MLflow, if the last reply is lost', async () => {
    await using bucket = await startBucketServer();
    await using tracking = await startTrackingServer();
    bucket.fault = (request) =>
      request === `PUT ${objectKeys.current}`
        ? { status: 403, code: 'AccessDenied', isDone: true }
        : undefined;
    const { code, summary } = await retrain(bucket, tracking);
    expect(code).toBe(1);
    const version = championIn(bucket);
    expect(summary).toContain('## The training run failed');
    expect(summary).toContain(`${version} is in service: it was promoted during this run`);
    expect(championLogged(tracking)).toBe(version);
    const [run] = [...tracking.memory.runs.values()].filter(({ tags }) => tags.part === 'run');
    expect(run?.tags).toMatchObject({ run_key: version, went_into_service: 'yes' });
    expect(run?.tags['mlflow.note.content']).toContain('Publishing it failed: S3Error');
  });
});
