import { expect, it, type TestContext } from 'vitest';
import { historyOf, lastDayOf } from '../../../../../../workers/trainer/data/dataset.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import {
  type ComparableChampion,
  pairWindows,
} from '../../../../../../workers/trainer/evaluate/gate/champion-comparison.ts';
import { trainModel } from '../../../../../../workers/trainer/evaluate/train-model.ts';
import { TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import { createManifest } from '../../../../../../workers/trainer/publish/publish-model.ts';
import { measuredBacktest } from '../../../../../support/trainer/measured-backtest.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';

const { dataset: WHOLE } = generateSyntheticDataset({ stores: 2, families: 4 });
/** Known when the champion was trained, half a year before the dataset ends. */
const HISTORY = historyOf(WHOLE, '2017-02-15');
const SMALL = { windows: 1, rounds: 20, num_parallel_tree: 1, max_rows: 5000, threads: 1 };

let training: Promise<ComparableChampion> | undefined;

/** The champion, trained once. */
function champion(context: TestContext): Promise<ComparableChampion> {
  training ??= openXgboostOrSkip(context).then(async (xgboost) => {
    const options = { ...TRAINING_DEFAULTS, ...SMALL };
    const model = await trainModel(HISTORY, options, xgboost, () => undefined);
    const manifest = createManifest(model, 'champion', new Date('2017-02-15T08:00:00Z'));
    const lastDay = lastDayOf(HISTORY.panel);
    return { manifest, packed: model.packed, movedDays: 0, lastDay, firstOrigin: null, tiedLoss: 0 };
  });
  return training;
}

it('the model in service forecasts the windows after its training better than last week repeated', async (context) => {
  const comparedChampion = await champion(context);
  const run = await measuredBacktest(WHOLE, [0.3, 0.3, 0.3, 0.3]);
  const pairs = await pairWindows(WHOLE, run, comparedChampion, () => undefined);
  expect(pairs.map(({ source }) => source)).toEqual(Array(4).fill('stored'));
  const lastWeek = run.summary.windows.map(({ scores }) => scores.seasonal_naive?.rmsle ?? 0);
  for (const [i, pair] of pairs.entries()) expect(pair.champion).toBeLessThan(lastWeek[i] ?? 0);
});

it('its recipe, refitted for a window that it has seen, has the error recorded in its own backtest', async (context) => {
  const comparedChampion = await champion(context);
  const [recorded] = comparedChampion.manifest.backtest.windows;
  const run = await measuredBacktest(HISTORY, [0.3]);
  const fitContext = { ...run.fitContext, xgboost: await openXgboostOrSkip(context) };
  const forgotten = { ...comparedChampion.manifest, backtest: { windows: [], pooled: {} } };
  const pairs = await pairWindows(
    HISTORY,
    { ...run, fitContext },
    { ...comparedChampion, manifest: forgotten },
    () => undefined,
  );
  expect(pairs).toMatchObject([{ source: 'refitted', origin: recorded?.origin }]);
  expect(pairs[0]?.champion).toBeCloseTo(recorded?.scores.model?.rmsle ?? 0, 9);
});
