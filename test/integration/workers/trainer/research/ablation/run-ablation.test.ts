import { beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { backtestDataset } from '../../../../../../workers/trainer/evaluate/backtest-dataset.ts';
import { trainModel } from '../../../../../../workers/trainer/evaluate/train-model.ts';
import { TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { runAblation } from '../../../../../../workers/trainer/research/ablation/run-ablation.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';
import { smallDataset } from '../../../../../support/datasets/small-dataset.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';

const OPTIONS = {
  ...TRAINING_DEFAULTS,
  windows: 4,
  rounds: 25,
  num_parallel_tree: 1,
  eta: 0.2,
  max_rows: 4_000,
  threads: 1,
};
const DAYS = 300;
let xgboost: Xgboost;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
});

/** Sales that treble on the randomly drawn days with items on promotion; the price of oil has no effect. */
function promotedDataset(): Dataset {
  const dataset = smallDataset(DAYS, ['A', 'B', 'C']);
  const { panel } = dataset;
  const random = sequence(11);
  panel.series.forEach((_, s) => {
    for (let d = 0; d < panel.plannedDayCount; d++) {
      const isPromoted = random() < 0.3;
      panel.onpromotion[s * panel.plannedDayCount + d] = isPromoted ? 12 : 0;
      if (d < DAYS) {
        panel.milliUnits[s * DAYS + d] = Math.round((isPromoted ? 30_000 : 10_000) * (0.8 + 0.4 * random()));
      }
    }
  });
  return dataset;
}

const onProgress = () => undefined;

describe('an ablation', () => {
  it('distinguishes features with a large contribution from those without one, with progress', async () => {
    const steps = new Set<string>();
    const { model, others, windows } = await runAblation({
      dataset: promotedDataset(),
      options: OPTIONS,
      xgboost,
      groups: ['promotion-planned', 'oil'],
      alternatives: ['lags_16', 'early_stopping'],
      onProgress: (step) => steps.add(step),
    });
    const [promotion, oil, lags, stopped] = others;
    expect(others.map(({ name }) => name)).toEqual([
      'without promotion-planned',
      'without oil',
      'lags_16',
      'early_stopping',
    ]);
    expect(windows).toHaveLength(4);
    expect(promotion?.windowsWon).toBe(0);
    expect(promotion?.rmsleDifference).toBeGreaterThan(0.3);
    expect(promotion?.rmsle).toBeCloseTo(model.rmsle + (promotion?.rmsleDifference ?? 0), 9);
    expect(Math.abs(oil?.rmsleDifference ?? 1)).toBeLessThan(0.03);
    expect(lags?.rmsle).toBeLessThan(0.3);
    expect(stopped?.rmsle).toBeLessThan(model.rmsle * 1.05);
    expect([...steps]).toContain('window 4 of 4: without oil, fitting');
  });
});

describe('early stopping of a training run', () => {
  it('chooses the rounds before the first window, uses them in every fit, and records them in the manifest', async () => {
    const options = { ...OPTIONS, stopping_windows: 2, rounds: 200 };
    const dataset = promotedDataset();
    const { description, run } = await trainModel(dataset, options, xgboost, onProgress);
    const { rounds, rounds_choice: choice } = description.training;
    expect(rounds).toBeLessThan(200);
    expect(choice).toMatchObject({ rounds, most: 200 });
    const firstWindow = description.backtest.windows[0]?.origin ?? '';
    expect(choice?.windows).toHaveLength(2);
    for (const origin of choice?.windows ?? []) expect(origin < firstWindow).toBe(true);

    const given = await backtestDataset({ dataset, options: { ...OPTIONS, rounds }, xgboost, onProgress });
    expect(run.summary.windows).toEqual(given.summary.windows);
    expect(given.roundsChoice).toBeNull();
  });
});
