import { expect, it } from 'vitest';
import { isoWeekday } from '../../../../../../shared/calendar/day-number.ts';
import { createCategories } from '../../../../../../shared/features/index.ts';
import { openPanelSeries } from '../../../../../../workers/trainer/model/series/panel-series.ts';
import { fitPeerLevels } from '../../../../../../workers/trainer/model/training-set/fit-peer-levels.ts';
import { FIRST_DAY, smallDataset } from '../../../../../support/datasets/small-dataset.ts';

it('knows the level of a store that has been open on twelve days of two weeks', () => {
  const days = 14;
  const dataset = smallDataset(days, ['A', 'B'], ({ milliUnits }) => {
    milliUnits.forEach((_, cell) => {
      milliUnits[cell] = isoWeekday(FIRST_DAY + (cell % days)) === 7 ? -1 : 20_000;
    });
  });
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const peers = fitPeerLevels(series, FIRST_DAY + days - 1, null);
  expect(Math.exp(peers?.level ?? 0)).toBeCloseTo(20, 6);
  expect(fitPeerLevels(series, FIRST_DAY + 60, null)).toBeNull();
});
