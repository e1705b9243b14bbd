import { expect, expectTypeOf, it } from 'vitest';
import type { ForecastBody } from '../../../../shared/schemas/api/forecast.ts';
import type { SalesLiveBody } from '../../../../shared/schemas/api/sales-live.ts';
import { createApiClient } from '../../../../workers/api/client.ts';
import { createSampleApi } from '../../../support/api/sample-api.ts';

it('the typed client knows paths, parameters and bodies', async () => {
  const { app } = await createSampleApi();
  const client = createApiClient('http://api.example', { fetch: app.request });
  const response = await client.v1.forecasts.$get({ query: { store_nbr: '44', family: 'GROCERY I' } });
  if (!response.ok || response.status !== 200) throw new Error(`status ${response.status}`);
  const body = await response.json();
  expectTypeOf(body).toEqualTypeOf<ForecastBody>();
  expect(body.points).toHaveLength(16);

  const live = await client.v1.sales.live.$get();
  if (live.status !== 200) throw new Error(`status ${live.status}`);
  expectTypeOf(await live.json()).toEqualTypeOf<SalesLiveBody>();
  // @ts-expect-error a family must be given
  expect((await client.v1.forecasts.$get({ query: { store_nbr: '44' } })).status).toBe(400);
});
