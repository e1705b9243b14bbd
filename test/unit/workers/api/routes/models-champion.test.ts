import { describe, expect, it, vi } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { FEATURE_COUNT } from '../../../../../shared/features/index.ts';
import { championBodySchema } from '../../../../../shared/schemas/api/champion.ts';
import { manifestSchema } from '../../../../../shared/schemas/manifest.ts';
import { createSampleApi, VERSION } from '../../../../support/api/sample-api.ts';
import {
  createSampleEngine,
  publishModel,
  REFUSED_SEED,
  sampleConformal,
} from '../../../../support/api/sample-served-model.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

type SampleApi = Awaited<ReturnType<typeof createSampleApi>>;

const readChampion = async ({ get }: SampleApi) =>
  championBodySchema.parse(await (await get('/v1/models/champion')).json());

it('tells version, training, backtest and the kernel that predicts', async () => {
  const body = await readChampion(await createSampleApi());
  expect(body).toMatchObject({
    version: VERSION,
    promoted_at: '2026-11-21T03:09:00.000Z',
    trained_through: '2026-11-15',
    objective: 'reg:squarederror',
    kernel: 'sample',
    loaded_at: '2026-11-22T19:36:00.000Z',
    degraded: null,
    previous: [],
  });
  expect(body.backtest.pooled.seasonal_naive?.rmsle).toBe(0.53);
  expect(body.backtest.windows[0]?.origin).toBe('2026-11-04');
});

it('says until which day forecasts are smoothing alone, where the history is too short for trees', async () => {
  const api = await createSampleApi();
  expect(await readChampion(api)).not.toHaveProperty('trees_from');
  const stored = await api.objects.get(objectKeys.modelFile(VERSION, 'manifest.json'));
  const { training } = manifestSchema.parse(JSON.parse((await stored?.text()) ?? ''));
  await publishModel(api.objects, 'short', 9, { training: { ...training, trees_from: '2027-01-13' } });
  await putPublication(api.objects, 'short');
  api.wallClock.now += 60_000;
  await readChampion(api);
  await vi.waitFor(async () => expect((await readChampion(api)).trees_from).toBe('2027-01-13'));
});

it('is documented by an example with as many features as there are', () => {
  const example = championBodySchema.parse(championBodySchema.meta()?.example);
  expect(example.feature_count).toBe(FEATURE_COUNT);
});

it('reads the pointer once a minute at most, and the model once', async () => {
  const api = await createSampleApi();
  for (let request = 0; request < 4; request++) await readChampion(api);
  expect(api.objects.reads.get(objectKeys.current)).toBe(1);
  api.wallClock.now += 59_999;
  await readChampion(api);
  expect(api.objects.reads.get(objectKeys.current)).toBe(1);
  api.wallClock.now += 1;
  await readChampion(api);
  expect(api.objects.reads.get(objectKeys.current)).toBe(2);
  expect(api.objects.reads.get(objectKeys.modelFile(VERSION, 'model.packed'))).toBe(1);
});

describe('a new champion that fails its checks leaves the last good one in service:', () => {
  const faults: readonly [string, (api: SampleApi) => Promise<unknown>, RegExp][] = [
    [
      'its packed bytes are damaged',
      (api) => damage(api, 'model.packed'),
      /model\.packed has the sha256 [0-9a-f]{64}/,
    ],
    ['its packed file is cut short', (api) => cutShort(api), /model\.packed has 63 bytes instead of 64/],
    ['its packed file is not there', (api) => remove(api, 'model.packed'), /model\.packed is not there/],
    ['its manifest is not there', (api) => remove(api, 'manifest.json'), /manifest\.json is not there/],
    ['its manifest is no JSON', (api) => damage(api, 'manifest.json'), /manifest is not valid JSON/],
    [
      'it was trained on another feature definition',
      (api) => publishModel(api.objects, 'next', 9, { feature_hash: 'other' }),
      /fingerprint other/,
    ],
    [
      'its features have other names',
      (api) => publishModel(api.objects, 'next', 9, { feature_names: ['unheard_of'] }),
      /feature 0 is unheard_of in the model/,
    ],
    [
      'it forecasts another horizon',
      (api) => publishModel(api.objects, 'next', 9, { horizon: 28 }),
      /forecasts 28 days, 16 are wanted/,
    ],
    [
      'a residual table is too small',
      (api) => publishModel(api.objects, 'next', 9, { conformal: { ...sampleConformal(), p90: [[0.1]] } }),
      /conformal\.p90 must have 2 rows of 16 values/,
    ],
    [
      'a table of days together is too small',
      (api) => {
        const { cumulative: _, ...conformal } = sampleConformal();
        const cumulative = { p10: conformal.p10, p50: conformal.p50, p90: [] };
        return publishModel(api.objects, 'next', 9, { conformal: { ...conformal, cumulative } });
      },
      /conformal\.cumulative\.p90 must have 2 rows of 16 values/,
    ],
    [
      'it lacks the response to promotions that its target is measured with',
      (api) => publishModel(api.objects, 'next', 9, { target: 'log1p_less_promotion_minus_anchor' }),
      /promotion_response is not there/,
    ],
    [
      'the response to promotions of a family is too short',
      (api) =>
        publishModel(api.objects, 'next', 9, {
          target: 'log1p_less_promotion_minus_anchor',
          promotion_response: { items: [1, 5], families: { DAIRY: [0.1] } },
        }),
      /promotion_response of DAIRY must have 2 values/,
    ],
    ['the engine refuses it', (api) => publishModel(api.objects, 'next', REFUSED_SEED), /engine refuses/],
    ['its manifest is that of another version', (api) => copyManifest(api), /its manifest is that of/],
  ];

  it.each(faults)('%s', async (_, spoil, reason) => {
    const api = await createSampleApi();
    await readChampion(api);
    await publishModel(api.objects, 'next', 9);
    await spoil(api);
    await putPublication(api.objects, 'next', [VERSION]);
    api.wallClock.now += 60_000;
    const body = await readChampion(api);
    expect(body.version).toBe(VERSION);
    expect(body.degraded?.newest_version).toBe('next');
    expect(body.degraded?.reason).toMatch(reason);
    expect(api.engine.loaded.size).toBe(1);
  });

  const damage = (api: SampleApi, file: 'model.packed' | 'manifest.json') =>
    api.objects.put(objectKeys.modelFile('next', file), new Uint8Array(64));
  const cutShort = (api: SampleApi) =>
    api.objects.put(objectKeys.modelFile('next', 'model.packed'), new Uint8Array(63));
  const remove = (api: SampleApi, file: 'model.packed' | 'manifest.json') =>
    api.objects.delete(objectKeys.modelFile('next', file));
  const copyManifest = async (api: SampleApi) => {
    const other = await api.objects.get(objectKeys.modelFile(VERSION, 'manifest.json'));
    await api.objects.put(objectKeys.modelFile('next', 'manifest.json'), (await other?.text()) ?? '');
  };
});

it('recovers by itself once the newest model is whole', async () => {
  const api = await createSampleApi();
  await readChampion(api);
  await putPublication(api.objects, 'next', [VERSION]);
  api.wallClock.now += 60_000;
  expect((await readChampion(api)).degraded).not.toBeNull();
  await publishModel(api.objects, 'next', 9);
  api.wallClock.now += 60_000;
  expect(await readChampion(api)).toMatchObject({ version: 'next', degraded: null });
});

it('a rollback is one write of the pointer', async () => {
  const api = await createSampleApi();
  await publishModel(api.objects, 'next', 9);
  await putPublication(api.objects, 'next', [VERSION]);
  expect((await readChampion(api)).version).toBe('next');
  await putPublication(api.objects, VERSION, ['next']);
  api.wallClock.now += 60_000;
  expect(await readChampion(api)).toMatchObject({ version: VERSION, degraded: null });
});

it('a cold start with a broken champion serves the one before and says so', async () => {
  const api = await createSampleApi();
  await putPublication(api.objects, 'broken', ['gone', VERSION]);
  const body = await readChampion(api);
  expect(body.version).toBe(VERSION);
  expect(body.promoted_at).toBe('2026-11-20T03:09:00.000Z');
  expect(body.degraded).toMatchObject({ newest_version: 'broken' });
});

it('a cold start fetches a broken model once a minute, not for every request', async () => {
  const api = await createSampleApi();
  await api.objects.put(objectKeys.modelFile(VERSION, 'model.packed'), new Uint8Array(64));
  for (let request = 0; request < 3; request++)
    expect((await api.get('/v1/models/champion')).status).toBe(503);
  expect(api.objects.reads.get(objectKeys.modelFile(VERSION, 'model.packed'))).toBe(1);
});

it('goes on with the model in memory while the object store is down', async () => {
  const api = await createSampleApi();
  await readChampion(api);
  api.objects.failure = new Error('connection reset');
  api.wallClock.now += 60_000;
  const body = await readChampion(api);
  expect(body.version).toBe(VERSION);
  expect(body.degraded).toMatchObject({ newest_version: null });
  expect(body.degraded?.reason).toContain('connection reset');
});

it('refuses a model whose packed file has another number of features than its manifest', async () => {
  const engine = createSampleEngine(3);
  const { get } = await createSampleApi({ loadEngine: async () => engine });
  const response = await get('/v1/models/champion');
  expect(await response.json()).toMatchObject({
    code: 'model-mismatch',
    detail: expect.stringContaining('has 3 features'),
  });
  expect(engine.loaded.size).toBe(0);
});
