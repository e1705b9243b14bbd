import { describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import {
  PROBLEM_CODES,
  PROBLEMS,
  type ProblemCode,
  problemSchema,
} from '../../../../../shared/schemas/api/problem.ts';
import { nearestNames } from '../../../../../workers/api/queries/require-series.ts';
import {
  createSampleApi,
  publishCatalog,
  sampleCatalog,
  seriesQuery,
  VERSION,
} from '../../../../support/api/sample-api.ts';
import { publishModel } from '../../../../support/api/sample-served-model.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

type SampleApi = Awaited<ReturnType<typeof createSampleApi>>;

const forecastOf = (storeNbr: string | string, family: string) =>
  `/v1/forecasts?${seriesQuery(storeNbr, family)}`;

/** For every documented code a request that is answered with it; a new code without one does not compile. */
const provocations: Record<ProblemCode, (api: SampleApi) => Response | Promise<Response>> = {
  'invalid-body': ({ post }) => post('{}'),
  unauthorized: ({ post }) => post('[]', { Authorization: 'Bearer another-key-than-that' }),
  'payload-too-large': ({ post }) => post(`[${'{},'.repeat(5000)}{}]`),
  'unsupported-media-type': ({ post }) => post('id=1', { 'Content-Type': 'text/csv' }),
  'idempotency-conflict': async ({ post }) => {
    await post('[{}]', { 'Idempotency-Key': 'k' });
    return post('[{},{}]', { 'Idempotency-Key': 'k' });
  },
  'rate-limited': async () => {
    const limiter = { limit: async () => ({ success: false }) };
    return (await createSampleApi({ requestLimiter: limiter })).get('/v1/catalog');
  },
  'ingest-disabled': async ({ intake }) => {
    const { post } = await createSampleApi({ ingest: { intake, keys: [], limiter: null } });
    return post('[]');
  },
  'invalid-parameter': ({ get }) => get('/v1/forecasts?store_nbr=4x&family='),
  'unknown-store': ({ get }) => get(forecastOf('46', 'DAIRY')),
  'unknown-family': ({ get }) => get(forecastOf('44', 'GROCERY 1')),
  'unknown-series': ({ get }) => get(forecastOf('44', 'BOOKS')),
  'no-model': async ({ get, objects }) => {
    for (const key of await objects.list('')) await objects.delete(key);
    await publishCatalog(objects, sampleCatalog);
    return get(forecastOf('44', 'DAIRY'));
  },
  'model-mismatch': async ({ get, objects }) => {
    await publishModel(objects, VERSION, 1, { feature_hash: 'another' });
    await putPublication(objects, VERSION);
    return get(forecastOf('44', 'DAIRY'));
  },
  'not-ready': async ({ get, objects }) => {
    await objects.delete(objectKeys.current);
    return get('/v1/ready');
  },
  'store-unavailable': ({ get, sales }) => {
    sales.failure = new Error('connection refused');
    return get('/v1/sales/live');
  },
  'not-found': ({ get }) => get('/v1/forecast'),
  'method-not-allowed': ({ get }) => get('/v1/forecasts', { method: 'DELETE' }),
  internal: async ({ get, objects }) => {
    await publishCatalog(objects, {});
    return get('/v1/catalog');
  },
};

describe.each(Object.entries(provocations))('the problem %s', (code, provoke) => {
  it('is answered as problem+json with its status, a detail and the request id', async () => {
    const api = await createSampleApi();
    const response = await provoke(api);
    const problem = problemSchema.parse(await response.json());
    const expected = PROBLEMS[code as ProblemCode];
    expect(problem).toMatchObject({ code, status: expected.status, title: expected.title });
    expect(response.status).toBe(expected.status);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('X-Request-Id')).toBe(problem.request_id);
    expect(problem.instance.startsWith('/v1/')).toBe(true);
    expect(problem.detail.length).toBeGreaterThan(20);
    expect(response.headers.has('Retry-After')).toBe([429, 503].includes(expected.status));
    expect(response.headers.get('WWW-Authenticate')).toBe(expected.status === 401 ? 'Bearer' : null);
    const isDecision = code === 'not-ready' || code === 'ingest-disabled';
    expect(api.reported).toHaveLength(expected.status >= 500 && !isDecision ? 1 : 0);
  });
});

it('every code is listed by the API itself', async () => {
  const { get } = await createSampleApi();
  const { problems } = (await (await get('/v1/problems')).json()) as { problems: { code: string }[] };
  expect(problems.map(({ code }) => code)).toEqual(PROBLEM_CODES);
});

it('names every wrong parameter at once and how to put each right', async () => {
  const { get } = await createSampleApi();
  const ask = async (query: string) =>
    problemSchema.parse(await (await get(`/v1/sales/daily?${query}`)).json());
  expect((await ask(`store_nbr=4%074&family=${'D'.repeat(129)}&days=0`)).errors).toEqual([
    {
      in: 'query',
      name: 'store_nbr',
      detail:
        '"4\\u00074" has a control character: write a store of GET /v1/catalog, percent-encoded, for example 44',
    },
    { in: 'query', name: 'family', detail: expect.stringMatching(/ has 129 characters, more than 128: /) },
    {
      in: 'query',
      name: 'days',
      detail: 'is out of range: write a whole number from 1 to 400, for example 90',
    },
  ]);
  expect((await ask('')).errors?.map(({ name, detail }) => [name, detail.slice(0, 12)])).toEqual([
    ['store_nbr', 'is required:'],
    ['family', 'is required:'],
  ]);
  const twice = await ask('store_nbr=44&store_nbr=45&family=DAIRY');
  expect(twice.errors?.[0]?.detail).toMatch(/^is given more than once/);
});

it('suggests the names that come nearest', async () => {
  const { get } = await createSampleApi();
  const suggestionsOf = async (path: string) =>
    problemSchema.parse(await (await get(path)).json()).suggestions;
  expect(await suggestionsOf(forecastOf('44', 'grocery 1'))).toEqual(['GROCERY I']);
  expect(await suggestionsOf(forecastOf('44', 'Dary'))).toEqual(['DAIRY']);
  expect(await suggestionsOf(forecastOf('44', 'ZZZZ'))).toEqual([]);
  expect(await suggestionsOf(forecastOf('50', 'DAIRY'))).toEqual(['45', '44']);
  expect(await suggestionsOf(forecastOf('44', 'BOOKS'))).toEqual(['45:BOOKS']);
});

it('takes the nearest of many names, not the first', () => {
  const names = ['BREAD/BAKERY', 'BEVERAGES', 'BEAUTY', 'BABY CARE', 'GROCERY II', 'GROCERY I'];
  expect(nearestNames('beverage', names)[0]).toBe('BEVERAGES');
  expect(nearestNames('GROCERYI', names)[0]).toBe('GROCERY I');
  expect(nearestNames('bakery', names)).not.toContain('GROCERY I');
});

it('an unforeseen fault keeps its text out of the answer and reports it with the request id', async () => {
  const ids: string[] = [];
  const { get } = await createSampleApi({
    loadEngine: async () => {
      throw new TypeError('secret of the machine room');
    },
    report: (error, requestId) => ids.push(`${requestId} ${error}`),
  });
  const response = await get(forecastOf('44', 'DAIRY'), { headers: { 'X-Request-Id': 'abc-123' } });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).toContain('abc-123');
  expect(text).not.toContain('secret');
  expect(ids).toEqual(['abc-123 TypeError: secret of the machine room']);
});

describe('a query parameter that the operation does not have', () => {
  it('is named, so that a misspelled one is not taken for one that was left out', async () => {
    const { get } = await createSampleApi();
    const response = await get(`/v1/sales/daily?${seriesQuery('44', 'DAIRY')}&dayz=7&from=2026-11-01`);
    expect(response.status).toBe(400);
    const { errors } = problemSchema.parse(await response.json());
    expect(errors?.map(({ in: place, name }) => [place, name])).toEqual([
      ['query', 'dayz'],
      ['query', 'from'],
    ]);
  });
});
