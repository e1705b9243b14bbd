import { expect, it } from 'vitest';
import { createSampleApi } from '../../../support/api/sample-api.ts';

it('HEAD answers as GET does, without a body', async () => {
  const { get } = await createSampleApi();
  const head = await get('/v1/catalog', { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.headers.get('ETag')).toBe((await get('/v1/catalog')).headers.get('ETag'));
  expect(await head.text()).toBe('');
});

it('OPTIONS lists the methods of an address, a wrong method does too', async () => {
  const { get } = await createSampleApi();
  const options = await get('/v1/catalog', { method: 'OPTIONS' });
  expect(options.status).toBe(204);
  expect(options.headers.get('Allow')).toBe('GET, HEAD, OPTIONS');
  const posted = await get('/v1/catalog', { method: 'POST' });
  expect(posted.status).toBe(405);
  expect(posted.headers.get('Allow')).toBe('GET, HEAD, OPTIONS');
  expect((await get('/v1/nothing', { method: 'OPTIONS' })).status).toBe(404);
});

it('lets no other origin read it unless the allow-list names it', async () => {
  const headers = { Origin: 'https://shop.example' };
  const closed = await createSampleApi();
  expect(
    (await closed.get('/v1/catalog', { headers })).headers.get('Access-Control-Allow-Origin'),
  ).toBeNull();

  const open = await createSampleApi({ allowedOrigins: ['https://shop.example'] });
  const allowed = await open.get('/v1/catalog', { headers });
  expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe('https://shop.example');
  expect(allowed.headers.get('Vary')).toContain('Origin');
  const stranger = await open.get('/v1/catalog', { headers: { Origin: 'https://evil.example' } });
  expect(stranger.headers.get('Access-Control-Allow-Origin')).toBeNull();
});

it('answers the preflight of an allowed origin', async () => {
  const { get } = await createSampleApi({ allowedOrigins: ['https://shop.example'] });
  const methodsOf = async (path: string, method: string) => {
    const preflight = await get(path, {
      method: 'OPTIONS',
      headers: { Origin: 'https://shop.example', 'Access-Control-Request-Method': method },
    });
    expect(preflight.status).toBe(204);
    return preflight.headers.get('Access-Control-Allow-Methods');
  };
  expect(await methodsOf('/v1/catalog', 'GET')).toContain('GET');
  expect(await methodsOf('/v1/forecasts/batch', 'POST')).toContain('POST');
  expect(await methodsOf('/v1/transactions', 'POST')).not.toContain('POST');
});

it('sends security headers with answers and with problems', async () => {
  const { get } = await createSampleApi();
  for (const path of ['/v1/catalog', '/v1/nothing']) {
    const { headers } = await get(path);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('SAMEORIGIN');
  }
});

it('takes the request id of the caller when it is sane, and makes its own otherwise', async () => {
  const { get } = await createSampleApi();
  const idOf = async (id: string) =>
    (await get('/v1/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id');
  expect(await idOf('trace-42')).toBe('trace-42');
  expect(await idOf('<script>')).toMatch(/^[0-9a-f-]{36}$/);
});
