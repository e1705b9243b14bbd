import { expect, it } from 'vitest';
import { checkPanel } from '../../panels/check-panel.ts';
import { makePanel } from '../../panels/make-panel.ts';
import { SMALL } from '../../panels/random-panel.ts';
import { openXgboostOrSkip } from './open-xgboost.ts';

const SEED = 1;
const PANELS = 10;

it('draws the same retailer from the same seed and number', () => {
  expect(makePanel(SEED, 3, SMALL)).toEqual(makePanel(SEED, 3, SMALL));
  expect(makePanel(SEED, 3, SMALL)).not.toEqual(makePanel(SEED, 4, SMALL));
});

it('forecasts random retailers, whatever happened to them and to their files', async (context) => {
  const xgboost = await openXgboostOrSkip(context);
  let forecast = 0;
  for (let index = 0; index < PANELS; index++) {
    const { refusal, story } = await checkPanel(SEED, index, SMALL, { xgboost });
    expect(story, `panel ${index}`).not.toEqual([]);
    if (refusal === null) forecast++;
    else expect(refusal, `panel ${index}`).toMatch(/at least 29 days/);
  }
  expect(forecast).toBeGreaterThanOrEqual(PANELS - 2);
});
