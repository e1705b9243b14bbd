import { expect, it } from 'vitest';
import { answerRequest } from '../../../../workers/api/answer-request.ts';

const api = { fetch: () => new Response('api') };
const assets = {
  fetch: async ({ url }: Request) =>
    new Response('file', {
      status: url.endsWith('/assets/there.js') ? 200 : 404,
      headers: {
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
      },
    }),
};
const answer = (path: string) => answerRequest(new Request(`https://shop.example${path}`), api, assets);

it.each(['/v1', '/v1/forecasts?store_nbr=44', '/v1/nope', '/openapi.json'])(
  'lets the API answer %s',
  async (path) => {
    expect(await (await answer(path)).text()).toBe('api');
  },
);

it('leaves every other path to the files, of which only those that exist may be cached', async () => {
  const there = await answer('/assets/there.js');
  expect([there.status, there.headers.get('Cache-Control')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ]);
  for (const path of ['/assets/nope.js', '/v2/forecasts', '/openapi.json.map']) {
    const missing = await answer(path);
    expect([missing.status, missing.headers.get('Cache-Control')], path).toEqual([404, 'no-store']);
    expect(missing.headers.get('X-Content-Type-Options')).toBe('nosniff');
  }
});
