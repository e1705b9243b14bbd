import { expect, it } from 'vitest';
import { createCategories } from '../../../../../shared/features/index.ts';
import { centreThresholds } from '../../../../../workers/trainer/model/centre-thresholds.ts';
import { PARAMETER_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import { fitRecipe, recipeOf } from '../../../../../workers/trainer/model/recipe.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import { sequence } from '../../../../support/datasets/sample-history.ts';
import { FIRST_DAY, smallDataset } from '../../../../support/datasets/small-dataset.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';

it('fits trees whose thresholds lie in the middle of the gaps between the rows', async (context) => {
  const days = 90;
  const random = sequence(3);
  const dataset = smallDataset(days, ['A', 'B'], ({ milliUnits }) => {
    milliUnits.forEach((_, cell) => {
      milliUnits[cell] = 1000 * Math.floor(50 * random());
    });
  });
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const fitContext = { xgboost: await openXgboostOrSkip(context), series, threads: 1 };
  const recipe = recipeOf({ ...PARAMETER_DEFAULTS, rounds: 8, seed: 1 });
  const { booster, rows } = await fitRecipe(fitContext, recipe, FIRST_DAY + days - 1, () => undefined);
  const model = booster.save();
  booster[Symbol.dispose]();
  expect(rows.count).toBeGreaterThan(100);
  expect(Buffer.from(centreThresholds(model, rows)).equals(Buffer.from(model))).toBe(true);
});
