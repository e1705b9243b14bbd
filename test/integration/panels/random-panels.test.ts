import { expect, it } from 'vitest';
import { checkPanel, describeImplausibility } from '../../panels/check-panel.ts';
import { makePanel } from '../../panels/make-panel.ts';
import { LARGE, SMALL } from '../../panels/random-panel.ts';
import { openXgboostOrSkip } from '../../support/trainer/open-xgboost.ts';

const SEED = 1;
const PANELS = 10;
/** A third of the trees of a real run: implausible forecasts appear with the first trees. */
const PARAMETERS = { rounds: 100, num_parallel_tree: 2 };

it('draws the same retailer from the same seed and number', () => {
  expect(makePanel(SEED, 3, SMALL)).toEqual(makePanel(SEED, 3, SMALL));
  expect(makePanel(SEED, 3, SMALL)).not.toEqual(makePanel(SEED, 4, SMALL));
});

it('forecasts random retailers, whatever happened to them and to their files', async (context) => {
  const xgboost = await openXgboostOrSkip(context);
  let forecast = 0;
  for (let index = 0; index < PANELS; index++) {
    const outcome = await checkPanel(SEED, index, SMALL, { xgboost, parameters: PARAMETERS });
    const { refusal, story, implausibilities } = outcome;
    expect(implausibilities.map(describeImplausibility), `panel ${index}`).toEqual([]);
    expect(story, `panel ${index}`).not.toEqual([]);
    if (refusal === null) forecast++;
    else expect(refusal, `panel ${index}`).toMatch(/at least 29 days/);
  }
  expect(forecast).toBeGreaterThanOrEqual(PANELS - 2);
});

it('a family that is given up does not pull down the series that sells least', async (context) => {
  const xgboost = await openXgboostOrSkip(context);
  const { story, implausibilities } = await checkPanel(SEED, 94, LARGE, { xgboost });
  expect(story).toContain('BOOKS sells nothing from day 59 on');
  expect(implausibilities.map(describeImplausibility)).toEqual([]);
});
