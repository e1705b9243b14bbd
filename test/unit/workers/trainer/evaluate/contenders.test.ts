import { expect, it } from 'vitest';
import { at } from '../../../../../shared/at.ts';
import { toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { createCategories, FEATURE_COUNT, HORIZON } from '../../../../../shared/features/index.ts';
import { forecastSeries, modelOfFamily } from '../../../../../shared/forecast/forecast-series.ts';
import type { LoadedForest } from '../../../../../shared/forecast/inference-engine.ts';
import { generateSyntheticDataset } from '../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { forecastPanel } from '../../../../../workers/trainer/evaluate/contenders.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import {
  learnFirst,
  modelRows,
  smoothingShareOf,
} from '../../../../../workers/trainer/model/training-set/row-layout.ts';

const { dataset } = generateSyntheticDataset({ stores: 8, families: 4 });
const { panel } = dataset;
const ORIGIN = panel.firstDay + panel.dayCount - 1 - HORIZON;
const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
const MARGIN = 0.2;
const predict = (rows: Float32Array) => new Float32Array(rows.length / FEATURE_COUNT).fill(MARGIN);
const learned = learnFirst(series, ORIGIN);
const learnedAt = (origin: number) => (origin === ORIGIN ? learned : learnFirst(series, origin));
const forecastWith = (smoothingShare: number, origin = ORIGIN) =>
  forecastPanel(series, origin, modelRows({ ...learnedAt(origin), smoothingShare }), predict);

it.each([
  ['a blend', 0.4, ORIGIN],
  ['smoothing alone', 1, ORIGIN],
  ['smoothing alone after 20 days', 1, panel.firstDay + 19],
  ['smoothing alone after ten days, by peers', 1, panel.firstDay + 9],
])('%s is scored as it is served: trees, smoothing, promotions', (_, smoothing_share, origin) => {
  const learned = learnedAt(origin);
  const scored = forecastWith(smoothing_share, origin);
  const forest: LoadedForest = {
    featureCount: FEATURE_COUNT,
    kernel: 'none',
    predict,
    dispose: () => undefined,
  };
  const zeros = [new Array<number>(HORIZON).fill(0)];
  series.forEach((member, s) => {
    const { history, covariates, family } = member;
    const end = origin + 1 - history.firstDay;
    const manifest = {
      conformal: { class_bounds: [], p10: zeros, p50: zeros, p90: zeros },
      smoothing_share,
      ...(learned.promotionResponse && { promotion_response: learned.promotionResponse }),
      ...(learned.peers && { peer_levels: learned.peers }),
    };
    const points = forecastSeries({
      series: member,
      reading: {
        firstDate: toIsoDate(history.firstDay),
        milliUnits: history.milliUnits.slice(0, end),
        onpromotion: history.onpromotion.slice(0, end),
        tickets: history.tickets.slice(0, end),
      },
      planned: history.onpromotion.slice(end, end + HORIZON + 1),
      origin,
      covariates,
      model: modelOfFamily(manifest, forest, family),
    });
    points.forEach(({ p50, mean }, i) => {
      if (member.history.closed?.[end + i] === 1) return;
      expect(p50).toBeCloseTo(at(scored.median, s * HORIZON + i), 2);
      expect(mean).toBeCloseTo(at(scored.mean, s * HORIZON + i), 2);
    });
  });
});

it('a blend also says what its trees forecast alone, and differs from it', () => {
  const alone = forecastWith(0);
  const blend = forecastWith(0.4);
  expect(alone.trees).toBeUndefined();
  expect(forecastWith(1).trees).toBeUndefined();
  expect(blend.trees).toEqual(alone.median);
  const moved = blend.median.filter((units, i) => Math.abs(units - at(alone.median, i)) > 0.01 * units);
  expect(moved.length).toBeGreaterThan(0.5 * blend.median.length);
});

it('the share of smoothing falls with the days since the first sale, and with the number of series', () => {
  const shareAfter = (days: number, unsold = 0, count = 1) => {
    const milliUnits = new Int32Array(unsold + days).fill(1000);
    milliUnits.fill(-1, 0, unsold);
    const member = at(series, 0);
    const history = { ...member.history, firstDay: 0, milliUnits };
    return smoothingShareOf(new Array(count).fill({ ...member, history }), unsold + days - 1);
  };
  const shares = [28, 90, 162, 280, 530].map((days) => shareAfter(days));
  expect(shares[0]).toBeCloseTo(0.8, 3);
  expect(shares[3]).toBeCloseTo(0.4, 3);
  shares.forEach((share, i) => {
    expect(share).toBeLessThanOrEqual(shares[i - 1] ?? 0.8);
    expect(share).toBeGreaterThan(0.01);
  });
  expect(shareAfter(2 * 365)).toBe(0);
  expect(shareAfter(90, 2000)).toBe(shareAfter(90));
  expect(shareAfter(90, 0, 1000)).toBeCloseTo(0.4, 3);
});
