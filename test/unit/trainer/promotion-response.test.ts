import { describe, expect, it } from 'vitest';
import { anchor, createCategories, FEATURE_COUNT, HORIZON } from '../../../shared/features/index.ts';
import { forecastSeries } from '../../../shared/forecast/forecast-series.ts';
import {
  knotWeights,
  promotionEffectOf,
  promotionOffset,
} from '../../../shared/forecast/promotion-response.ts';
import type { LoadedForest } from '../../../shared/models/inference-engine.ts';
import { generateTwin } from '../../../workers/trainer/datasets/synthetic/generate-twin.ts';
import { fitPromotionResponse } from '../../../workers/trainer/training-set/fit-promotion-response.ts';
import { openPanelSeries } from '../../../workers/trainer/training-set/panel-series.ts';
import { MODEL_ROWS, modelRows } from '../../../workers/trainer/training-set/row-layout.ts';

const { dataset, truth } = generateTwin({ stores: 12, families: 16 });
const { panel } = dataset;
const LAST_DAY = panel.firstDay + panel.dayCount - 1;
const ORIGIN = LAST_DAY - HORIZON;
const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
const response = fitPromotionResponse(series, ORIGIN);

describe('what promotions are worth', () => {
  it('is learned to within 20 % of what was planted, by families promoted on some days and not on others', () => {
    for (const [family, items] of [
      ['POULTRY', 12],
      ['MEATS', 20],
      ['EGGS', 10],
      ['SEAFOOD', 2],
      ['FROZEN FOODS', 4],
      ['PRODUCE', 60],
    ] as const) {
      const learned = Math.expm1(promotionEffectOf(response, family)?.(items) ?? 0);
      const planted = truth.promotionMultiplier(family, items) - 1;
      expect(learned / planted, family).toBeGreaterThan(0.8);
      expect(learned / planted, family).toBeLessThan(1.2);
    }
  });

  it('does not depend on any sale after the last day', () => {
    const changed = series.map((member) => {
      const milliUnits = member.history.milliUnits.slice();
      milliUnits.fill(999_000, ORIGIN - panel.firstDay + 1);
      return { ...member, history: { ...member.history, milliUnits } };
    });
    expect(fitPromotionResponse(changed, ORIGIN)).toEqual(response);
  });

  it('is nothing where nothing was ever promoted', () => {
    const plain = series.map((member) => {
      const onpromotion = new Uint16Array(member.history.onpromotion.length);
      return { ...member, history: { ...member.history, onpromotion } };
    });
    expect(fitPromotionResponse(plain, ORIGIN)).toBeNull();
    expect(modelRows(null).promotionResponse).toBeNull();
  });

  it('is not learned from a few stores', () => {
    const few = series.filter(({ storeNbr, family }) => storeNbr <= 7 || family === 'EGGS');
    expect(Object.keys(fitPromotionResponse(few, ORIGIN)?.families ?? {})).toEqual(['EGGS']);
    expect(
      fitPromotionResponse(
        series.filter(({ storeNbr }) => storeNbr <= 7),
        ORIGIN,
      ),
    ).toBeNull();
  });

  it('of a family that was never promoted is that of all families', () => {
    const withoutEggs = series.map((member) => {
      const onpromotion = new Uint16Array(member.history.onpromotion.length);
      return member.family === 'EGGS' ? { ...member, history: { ...member.history, onpromotion } } : member;
    });
    const effect = promotionEffectOf(fitPromotionResponse(withoutEggs, ORIGIN), 'EGGS')?.(10) ?? 0;
    expect(effect).toBeGreaterThan(0.05);
    expect(effect).toBeLessThan(0.4);
  });

  it('is learned of one family alone, too', () => {
    const poultry = series.filter(({ family }) => family === 'POULTRY');
    const learned = Math.expm1(
      promotionEffectOf(fitPromotionResponse(poultry, ORIGIN), 'POULTRY')?.(12) ?? 0,
    );
    expect(learned / (truth.promotionMultiplier('POULTRY', 12) - 1)).toBeGreaterThan(0.6);
  });
});

describe('the effect between the knots', () => {
  it('goes from knot to knot, is none without items and constant beyond the last', () => {
    const effect = promotionEffectOf({ items: [1, 3, 15], families: { A: [0.1, 0.2, 0.4] } }, 'A');
    expect([0, 1, 3, 15, 400].map((items) => effect?.(items))).toEqual([0, 0.1, 0.2, 0.4, 0.4]);
    // 7 lies in the middle of 3 and 15 by log1p.
    expect(effect?.(7)).toBeCloseTo(0.3, 12);
    expect(knotWeights([2], 1)).toEqual([1]);
    expect(promotionEffectOf(undefined, 'A')).toBeNull();
    expect(promotionEffectOf({ items: [1], families: {} }, 'A')).toBeNull();
  });
});

describe('the anchor that it moves', () => {
  const member = series.find(({ family, storeNbr }) => family === 'POULTRY' && storeNbr === 3);
  if (!member) throw new Error('no such series');
  const { history, covariates, family } = member;

  it('stays where the target is promoted as the days are that the anchor averages', () => {
    const even = { ...history, onpromotion: new Uint16Array(history.onpromotion.length).fill(7) };
    const effect = promotionEffectOf(response, family) ?? (() => Number.NaN);
    for (let h = 1; h <= HORIZON; h++) expect(promotionOffset(effect, even, ORIGIN, h, 5)).toBeCloseTo(0, 12);
    even.onpromotion[ORIGIN + 9 - history.firstDay] = 0;
    expect(promotionOffset(effect, even, ORIGIN, 9, 5)).toBeCloseTo(-effect(7) * (1 - Math.exp(-5)), 12);
    expect(promotionOffset(effect, even, ORIGIN, 9, 0)).toBeCloseTo(0, 12);
  });

  it('is the same in training and in serving', () => {
    const layout = MODEL_ROWS.learn?.(series, ORIGIN) ?? MODEL_ROWS;
    const horizons = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1);
    const anchors = new Float64Array(HORIZON);
    layout.write(member, ORIGIN, horizons, HORIZON, new Float32Array(HORIZON * FEATURE_COUNT), 0, anchors);
    expect(anchors.some((value, i) => value !== anchor(history, ORIGIN, i + 1))).toBe(true);

    const end = ORIGIN + 1 - history.firstDay;
    const forest: LoadedForest = {
      featureCount: FEATURE_COUNT,
      kernel: 'none',
      predict: (rows) => new Float32Array(rows.length / FEATURE_COUNT),
      dispose: () => undefined,
    };
    const zeros = [new Array<number>(HORIZON).fill(0)];
    const points = forecastSeries({
      reading: {
        firstDate: '2013-01-01',
        milliUnits: history.milliUnits.slice(0, end),
        onpromotion: history.onpromotion.slice(0, end),
        tickets: history.tickets.slice(0, end),
      },
      planned: history.onpromotion.slice(end, end + HORIZON + 1),
      origin: ORIGIN,
      covariates,
      model: {
        forest,
        conformal: {
          class_bounds: [],
          p10: zeros,
          p50: zeros,
          p90: zeros,
          smearing: [Array(HORIZON).fill(1)],
        },
        promotionEffect: promotionEffectOf(layout.promotionResponse, family),
      },
    });
    for (const [i, { p50 }] of points.entries()) {
      expect(p50).toBe(Math.round(Math.expm1(anchors[i] as number) * 1000) / 1000);
    }
  });
});
