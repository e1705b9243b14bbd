import { afterEach, expect, it, vi } from 'vitest';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { rehearse } from '../../../../workers/api/warm-up.ts';
import { createSampleApi } from '../../../support/api/sample-api.ts';

afterEach(() => vi.restoreAllMocks());

it('the rehearsal succeeds without reading a store, an object or a random value, which start-up forbids', async () => {
  const random = vi.spyOn(crypto, 'randomUUID');
  const { app, sales, objects, reported } = await createSampleApi();
  await rehearse(app, createBusinessClock('America/Guayaquil'));
  expect(sales.calls).toEqual([]);
  expect(objects.reads.size).toBe(0);
  expect(random).not.toHaveBeenCalled();
  expect(reported).toEqual([]);
});
