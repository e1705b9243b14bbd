import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createS3ObjectStore } from '../../../../../../workers/trainer/publish/object-store/s3-object-store.ts';
import { describeObjectStore } from '../../../../../contract/object-store.ts';
import {
  type BucketFault,
  type BucketServer,
  startBucketServer,
} from '../../../../../support/stand-ins/bucket-server.ts';

const PATIENCE = { attempts: 3, firstWaitMs: 1, timeLimitMs: 2000 };

let bucket: BucketServer;
beforeEach(async () => {
  bucket = await startBucketServer();
});
afterEach(() => bucket[Symbol.asyncDispose]());

const openStore = (changes: Partial<BucketServer['configuration']> = {}) =>
  createS3ObjectStore({ ...bucket.configuration, ...changes }, PATIENCE, 2);

/** Faults for the next requests, one each. */
function failNext(...faults: readonly BucketFault[]): void {
  const left = [...faults];
  bucket.fault = () => left.shift();
}

describe('a bucket over its S3 interface, with every signature checked', () => {
  describeObjectStore(() => openStore());
});

describe('a bucket with a transient failure', () => {
  it.each(['drop-before', 'drop-after', { status: 503 }, { status: 429 }] as const)(
    'is retried after %j',
    async (fault) => {
      const store = openStore();
      failNext(fault, fault);
      const etag = await store.put('a', 'x');
      expect(bucket.requests).toEqual(['PUT a', 'PUT a', 'PUT a']);
      failNext(fault);
      expect((await store.get('a'))?.etag).toBe(etag);
      failNext(fault);
      expect(await store.list('')).toEqual(['a']);
      failNext(fault);
      await store.delete('a');
      expect(bucket.objects.size).toBe(0);
    },
  );

  it.each(['drop-after', { status: 500, isDone: true }] as const)(
    'has stored the object nevertheless (%j), which a conditional write reports',
    async (fault) => {
      const store = openStore();
      failNext(fault);
      const first = await store.put('pointer', 'one', { etag: null });
      expect(first).not.toBeNull();
      failNext(fault);
      expect(await store.put('pointer', 'two', { etag: first })).not.toBeNull();
      expect(bucket.objects.get('pointer')?.toString()).toBe('two');
    },
  );

  it('tells a conditional write that another writer was faster, even after a failure', async () => {
    const store = openStore();
    await store.put('pointer', 'theirs');
    failNext('drop-before');
    expect(await store.put('pointer', 'ours', { etag: null })).toBeNull();
    failNext({ status: 500 });
    expect(await store.put('pointer', 'ours', { etag: 'stale' })).toBeNull();
    expect(bucket.objects.get('pointer')?.toString()).toBe('theirs');
  });
});

describe('a bucket that asks to slow down', () => {
  const SLOW_DOWN = { status: 503, code: 'SlowDown' };
  /** A store with the retry policy of a nightly run, whose waits are recorded instead of awaited. */
  function openPatientStore(random = 1) {
    const waits: number[] = [];
    const sleep = async (ms: number) => void waits.push(ms);
    const now = () => Date.parse('2026-11-23T03:00:00Z');
    return { waits, store: createS3ObjectStore(bucket.configuration, { sleep, now, random: () => random }) };
  }

  it.each([
    ['longest', 1, [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000]],
    ['shortest', 0, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]],
  ] as const)(
    'is retried ten times with the %s waits, which grow to ten seconds',
    async (_, random, expected) => {
      bucket.fault = () => SLOW_DOWN;
      const { store, waits } = openPatientStore(random);
      await expect(store.put('a', 'x')).rejects.toThrow(/503 SlowDown: try again later/);
      expect(waits).toEqual(expected);
      expect(bucket.requests).toHaveLength(10);
    },
  );

  it('receives the object once it has recovered', async () => {
    failNext(...Array(9).fill(SLOW_DOWN));
    await openPatientStore().store.put('a', 'x');
    expect(bucket.objects.get('a')?.toString()).toBe('x');
  });

  it('is retried when it says, but after a minute at the latest', async () => {
    const askingFor = (retryAfter: string) => ({ ...SLOW_DOWN, headers: { 'retry-after': retryAfter } });
    failNext(askingFor('7'), askingFor('Mon, 23 Nov 2026 03:00:30 GMT'), askingFor('0'), askingFor('3600'));
    const { store, waits } = openPatientStore();
    await store.put('a', 'x');
    expect(waits).toEqual([7000, 30_000, 2000, 60_000]);
  });
});

describe('an unusable bucket', () => {
  it('is given up after some attempts, with what to check', async () => {
    bucket.fault = () => 'drop-before';
    const { endpoint } = bucket.configuration;
    await expect(openStore().get('a')).rejects.toMatchObject({
      name: 'S3Error',
      code: 'network',
      message: expect.stringContaining(`${endpoint} does not respond`),
    });
    bucket.fault = () => ({ status: 500 });
    await expect(openStore().put('a', 'x')).rejects.toMatchObject({ code: 'refused' });
    expect(bucket.requests).toHaveLength(6);
  });

  it.each([
    [{ accessKeyId: 'other' }, 'unauthorized', /InvalidAccessKeyId: check R2_ACCESS_KEY_ID/],
    [{ secretAccessKey: 'wrong' }, 'unauthorized', /SignatureDoesNotMatch: check R2_ACCESS_KEY_ID/],
    [{ bucket: 'other' }, 'no-such-bucket', /there is no bucket "other" in this account/],
  ] as const)('is reported at once: %j', async (changes, code, message) => {
    for (const attempt of [
      (store: ReturnType<typeof openStore>) => store.get('a'),
      (store: ReturnType<typeof openStore>) => store.put('a', 'x', { etag: 'e' }),
      (store: ReturnType<typeof openStore>) => store.list(''),
    ]) {
      bucket.requests.length = 0;
      const error = await attempt(openStore(changes)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'S3Error', code, message: expect.stringMatching(message) });
      expect(bucket.requests).toHaveLength(1);
      expect(String(error)).not.toMatch(/very secret|wrong/);
    }
  });

  it('reports the missing right, or a wrong clock', async () => {
    failNext({ status: 403, code: 'AccessDenied' });
    await expect(openStore().put('a', 'x')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('needs "Object Read & Write" on the bucket "forecasts"'),
    });
    failNext({ status: 403, code: 'RequestTimeTooSkewed' });
    await expect(openStore().get('a')).rejects.toThrow(/set the clock of this machine/);
  });

  it.each([
    ['reading', (store: ReturnType<typeof openStore>) => store.get('a')],
    ['writing', (store: ReturnType<typeof openStore>) => store.put('a', 'x')],
    ['writing over a version', (store: ReturnType<typeof openStore>) => store.put('a', 'x', { etag: 'e' })],
    ['listing', (store: ReturnType<typeof openStore>) => store.list('')],
    ['removing', (store: ReturnType<typeof openStore>) => store.delete('a')],
  ] as const)('is not taken for an empty one if something else answers 404 to %s', async (_, attempt) => {
    const page = '<html><title>404 Not Found</title></html>';
    bucket.fault = () => ({ status: 404, page });
    const error = await attempt(openStore()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'S3Error',
      code: 'refused',
      message: expect.stringContaining('not an S3 error; check R2_ACCOUNT_ID or R2_ENDPOINT'),
    });
  });

  it.each([
    { status: 404, code: 'NoSuchKey' },
    { status: 412, code: 'PreconditionFailed' },
  ])('has not stored what it answered with %j, without a condition', async (fault) => {
    failNext(fault);
    await expect(openStore().put('a', 'x')).rejects.toMatchObject({ name: 'S3Error', code: 'refused' });
    expect(bucket.objects.size).toBe(0);
  });

  it('reports a failed precondition of a write as S3 and as R2 do', async () => {
    for (const fault of [
      { status: 404, code: 'NoSuchKey' },
      { status: 412, code: 'PreconditionFailed' },
    ]) {
      failNext(fault);
      expect(await openStore().put('a', 'x', { etag: 'e' })).toBeNull();
    }
  });

  it('does not follow a redirect with its signature', async () => {
    failNext({ status: 301, code: 'PermanentRedirect' });
    await expect(openStore().get('a')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('301 PermanentRedirect'),
    });
  });
});
