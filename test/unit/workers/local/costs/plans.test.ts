import { describe, expect, it } from 'vitest';
import { type Limit, readPlans } from '../../../../../workers/local/costs/plans.ts';
import { comparePlans, type Measurements, usageOfDay } from '../../../../../workers/local/costs/usage.ts';

const measured: Measurements = {
  cycle: { redis_commands: 20, worker_requests: 2 },
  dayClose: { redis_commands: 240 },
  forecast: { redis_commands: 4, worker_requests: 1 },
  dashboardMinute: { redis_commands: 30 },
  held: { redis_storage_bytes: 300 },
};
const limit = (resource: Limit['resource'], per: Limit['per'], free: number): Limit => ({
  resource,
  what: resource,
  source: 'x',
  per,
  free,
  next: 'the next plan',
  price: { usd: 2, per: 1000, included: 6000 },
});
const plansOf = (...limits: Limit[]) => ({ read_on: '2026-11-23', note: '', sources: {}, limits });

describe('what a month takes', () => {
  it('adds up cycles, the close of the day, forecasts and dashboards', () => {
    const usage = usageOfDay(measured, { forecasts: 100, dashboardMinutes: 10 });
    expect(usage.redis_commands).toBe(288 * 20 + 240 + 400 + 300);
    expect(usage.worker_requests).toBe(288 * 2 + 100);
    expect(usage.redis_storage_bytes).toBe(300);
  });

  it('is held against limits of a day, of a month, and of what is kept', () => {
    const uses = comparePlans(
      plansOf(
        limit('redis_commands', 'month', 180_000),
        limit('worker_requests', 'day', 1152),
        limit('redis_storage_bytes', 'held', 600),
        limit('r2_reads', 'month', 1),
      ),
      measured,
      { forecasts: 0, dashboardMinutes: 0 },
    );
    expect(uses.map(({ resource, used, share }) => [resource, used, share])).toEqual([
      ['redis_commands', 180_000, 1],
      ['worker_requests', 576, 0.5],
      ['redis_storage_bytes', 300, 0.5],
    ]);
    expect(uses.every(({ needs, usd }) => needs === null && usd === 0)).toBe(true);
    expect(uses[0]?.dominatedBy).toEqual({ part: 'cycle', share: 0.96 });
  });

  it('names the next plan and its price where the free one is not enough', () => {
    const [use] = comparePlans(plansOf(limit('redis_commands', 'month', 100_000)), measured, {
      forecasts: 2000,
      dashboardMinutes: 0,
    });
    expect(use).toMatchObject({ used: 420_000, needs: 'the next plan', usd: ((420_000 - 6000) / 1000) * 2 });
    expect(use?.dominatedBy?.part).toBe('forecast');
  });

  it('has a source and a date for every limit', async () => {
    const plans = await readPlans();
    expect(plans.limits.length).toBeGreaterThan(9);
    for (const { source } of plans.limits) expect(plans.sources).toHaveProperty(source);
  });
});
