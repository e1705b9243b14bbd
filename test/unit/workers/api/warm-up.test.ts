import { afterEach, expect, it, vi } from 'vitest';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { warmUp } from '../../../../workers/api/warm-up.ts';
import { createSampleApi } from '../../../support/api/sample-api.ts';

afterEach(() => vi.restoreAllMocks());

it('the warm-up succeeds without reading a store, an object or a random value, which start-up forbids', async () => {
  const random = vi.spyOn(crypto, 'randomUUID');
  const { app, sales, objects, reported } = await createSampleApi();
  const request = vi.spyOn(app, 'request');
  const clock = createBusinessClock('America/Guayaquil');
  const dayOf = vi.spyOn(clock, 'dayOf');
  await warmUp(app, clock);
  expect(dayOf).toHaveBeenCalled();
  expect(request).toHaveBeenCalledExactlyOnceWith(
    '/v1/forecasts',
    expect.objectContaining({ method: 'OPTIONS' }),
  );
  expect(await request.mock.results[0]?.value).toMatchObject({ status: 204 });
  expect(sales.calls).toEqual([]);
  expect(objects.reads.size).toBe(0);
  expect(random).not.toHaveBeenCalled();
  expect(reported).toEqual([]);
});
