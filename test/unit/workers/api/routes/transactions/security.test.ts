import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBearerCheck } from '../../../../../../workers/api/access/bearer-keys.ts';
import { createSampleApi, SAMPLE_KEY } from '../../../../../support/api/sample-api.ts';
import { sale } from './sample-rows.ts';

const HASHED_KEY = 'another-key-for-the-tests';
const hashed = `sha256:${createHash('sha256').update(HASHED_KEY).digest('hex')}`;

describe('sending sales', () => {
  it.each([
    ['no header', undefined],
    ['another key', `Bearer ${SAMPLE_KEY}x`],
    ['a beginning of the key', `Bearer ${SAMPLE_KEY.slice(0, -1)}`],
    ['another scheme', `Basic ${SAMPLE_KEY}`],
    ['the key alone', SAMPLE_KEY],
    ['nothing after the scheme', 'Bearer '],
    ['two keys', `Bearer ${SAMPLE_KEY} ${SAMPLE_KEY}`],
    ['the digest in place of the key', `Bearer ${hashed}`],
  ])('is refused with %s, before anything is read', async (_, authorization) => {
    const { app, deliveries } = await createSampleApi();
    let read = false;
    const pull = () => {
      read = true;
    };
    const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
    const response = await app.request('/v1/transactions', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(authorization !== undefined && { Authorization: authorization }),
      },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    const problem = JSON.stringify(await response.json());
    expect(problem).toContain('"unauthorized"');
    expect(problem).not.toContain(SAMPLE_KEY);
    expect(read).toBe(false);
    expect(deliveries.received).toEqual([]);
  });

  it('takes each of several keys, given as they are or by digest', async () => {
    const { intake } = await createSampleApi();
    const { post } = await createSampleApi({
      ingest: { intake, keys: [SAMPLE_KEY, hashed], limiter: null },
    });
    for (const key of [SAMPLE_KEY, HASHED_KEY]) {
      const response = await post(JSON.stringify([sale('a')]), { Authorization: `bearer ${key}` });
      expect(response.status).toBe(200);
    }
  });

  it('is limited by key, which the limiter never sees', async () => {
    const seen: string[] = [];
    const { intake } = await createSampleApi();
    const limiter = {
      limit: async ({ key }: { readonly key: string }) => ({ success: seen.push(key) <= 1 }),
    };
    const { post, deliveries } = await createSampleApi({
      ingest: { intake, keys: [SAMPLE_KEY], limiter },
    });
    expect((await post(JSON.stringify([sale('a')]))).status).toBe(200);
    const second = await post(JSON.stringify([sale('b')]));
    expect(second.status).toBe(429);
    expect(await second.json()).toMatchObject({ code: 'rate-limited' });
    expect(second.headers.get('Retry-After')).toBe('60');
    expect(deliveries.received).toHaveLength(0);
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).not.toContain('key');
  });

  it('leaves names of objects as the plain texts that they are', async () => {
    const { post } = await createSampleApi();
    const row = `{"__proto__":{"admin":true},"id":"a","ts":1,"store_nbr":1,"family":"x","units":1,"onpromotion":0}`;
    const response = await post(`[${row}]`);
    expect(await response.json()).toMatchObject({ accepted: 0, rejected: [{ code: 'unknown-field' }] });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('any request', () => {
  it('is limited by address, but for those of load balancers', async () => {
    const addresses: string[] = [];
    const requestLimiter = {
      limit: async ({ key }: { readonly key: string }) => {
        addresses.push(key);
        return { success: key !== '192.0.2.1' };
      },
    };
    const { get } = await createSampleApi({ requestLimiter });
    const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } });
    expect((await get('/v1/catalog', from('192.0.2.1'))).status).toBe(429);
    expect((await get('/v1/catalog', from('192.0.2.2'))).status).toBe(200);
    expect((await get('/v1/health', from('192.0.2.1'))).status).toBe(200);
    expect(addresses).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('with a valid key is limited by it, not by the address that it shares', async () => {
    const counted: string[] = [];
    const requestLimiter = {
      limit: async ({ key }: { readonly key: string }) => ({ success: counted.push(key) <= 2 }),
    };
    const { get } = await createSampleApi({ requestLimiter });
    const withKey = (key: string) =>
      get('/v1/catalog', {
        headers: { 'CF-Connecting-IP': '192.0.2.1', Authorization: `Bearer ${key}` },
      });
    expect((await withKey(SAMPLE_KEY)).status).toBe(200);
    expect((await withKey('a-key-that-nobody-has')).status).toBe(200);
    const limited = await withKey(SAMPLE_KEY);
    expect(limited.status).toBe(429);
    expect(await limited.text()).toContain('with this key');
    expect(counted[0]).toMatch(/^key:[0-9a-f]{16}$/);
    expect(counted).toEqual([counted[0], '192.0.2.1', counted[0]]);
  });
});

it('a caller is named by its key, the same every time, and differently from any other', async () => {
  const identify = createBearerCheck([SAMPLE_KEY, hashed]);
  const one = await identify(`Bearer ${SAMPLE_KEY}`);
  expect(await identify(`Bearer ${SAMPLE_KEY}`)).toBe(one);
  expect(await identify(`Bearer ${HASHED_KEY}`)).not.toBe(one);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
});
