import { join } from 'node:path';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { MODEL } from '../../shared/schemas/contender-names.ts';
import { MISSING } from '../../shared/schemas/history-chunk.ts';
import { TRAINING_DEFAULTS } from '../../workers/trainer/model/parameters.ts';
import { comparePeers } from '../bench/peers/compare-peers.ts';
import { PEER_PACKAGES, PEERS_ENVIRONMENT } from '../bench/peers/python.ts';
import { smallDataset } from '../support/datasets/small-dataset.ts';
import { virtualEnvironmentForTests } from '../support/processes/virtual-environment.ts';
import { openXgboostOrSkip } from '../support/trainer/open-xgboost.ts';

const DAYS = 160;
const FAMILIES = ['A', 'B', 'C'];
const SEASONAL = ['seasonal_naive', 'same_weekday_mean_4', 'auto_ets', 'ets_ana', 'auto_theta'];
const LEARNED = [MODEL, 'mlforecast_lightgbm', 'direct_lightgbm'];
const FLAT = ['croston_sba', 'tsb'];

let programs: string | null = null;

beforeAll(async () => {
  programs = await virtualEnvironmentForTests(PEERS_ENVIRONMENT, PEER_PACKAGES);
});

/** Every series sells the same week again and again, each three times as much as the one before; some days are not known. */
async function compare(context: TestContext) {
  if (!programs) return context.skip("the peers' packages are not installed");
  const xgboost = await openXgboostOrSkip(context);
  const dataset = smallDataset(DAYS, FAMILIES, ({ milliUnits }) => {
    milliUnits.forEach((units, at) => {
      milliUnits[at] = units * 3 ** Math.floor(at / DAYS);
    });
    // The second series begins late; the third does not know some days before the windows, and one of the last.
    milliUnits.fill(MISSING, DAYS, DAYS + 40);
    milliUnits.fill(MISSING, 2 * DAYS + 60, 2 * DAYS + 70);
    milliUnits[3 * DAYS - 1] = MISSING;
  });
  return comparePeers({
    ...{ dataset, xgboost, sample: 5, python: join(programs, 'python') },
    options: { ...TRAINING_DEFAULTS, windows: 2, rounds: 150, num_parallel_tree: 1 },
    onProgress: () => undefined,
    onStep: () => undefined,
  });
}

describe('our forecasts and those of peers', () => {
  it('are of the same points: a week that repeats is forecast by all that know of weeks', async (context) => {
    const comparison = await compare(context);
    const rmsle = Object.fromEntries(
      comparison.contenders.map(({ name, scores }) => [name, scores.rmsle] as const),
    );
    expect(Object.keys(rmsle).sort()).toEqual([...SEASONAL, ...LEARNED, ...FLAT].sort());
    // One day or one series off is an error of 0.3 and more.
    for (const name of SEASONAL) expect(rmsle[name], name).toBeLessThan(0.01);
    for (const name of LEARNED) expect(rmsle[name], name).toBeLessThan(0.15);
    for (const name of FLAT) expect(rmsle[name], name).toBeGreaterThan(0.3);

    const { scoredCount, seriesCount, windows, contenders } = comparison;
    expect([scoredCount, seriesCount]).toEqual([5, 6]);
    for (const { series } of windows) expect(new Set(series).size).toBe(5);
    for (const { name, replaced, cpuSeconds, peakMb } of contenders) {
      expect(replaced, name).toBe(0);
      if (LEARNED.includes(name)) expect(cpuSeconds, name).toBeGreaterThan(0);
      else expect(cpuSeconds, name).toBeGreaterThanOrEqual(0);
      if (!SEASONAL.slice(0, 2).includes(name)) expect(peakMb, name).toBeGreaterThan(20);
    }
  });
});
