import { describe, expect, it } from 'vitest';
import { isoWeekday } from '../../../../../../shared/calendar/day-number.ts';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
  TARGET_PROMOTION_COLUMNS,
} from '../../../../../../shared/features/index.ts';
import { forecastSeries } from '../../../../../../shared/forecast/forecast-series.ts';
import type { LoadedForest } from '../../../../../../shared/forecast/inference-engine.ts';
import {
  logForecast,
  promotionEffectOf,
  promotionLift,
  targetMargin,
} from '../../../../../../shared/forecast/promotion-response.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { fitPromotionResponse } from '../../../../../../workers/trainer/model/promotion-response/fit-promotion-response.ts';
import {
  openPanelSeries,
  type PanelSeries,
} from '../../../../../../workers/trainer/model/series/panel-series.ts';
import {
  createTargetBases,
  labelOf,
  modelRows,
  NOTHING_LEARNED,
  unitsOf,
} from '../../../../../../workers/trainer/model/training-set/row-layout.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';
import { anchorsOf, buildFeatureRows } from '../../../../../support/features/build-rows.ts';

/** The anchor averages all four same weekdays. */
const ALL_WEEKS = 0b1111;

const { dataset, truth } = generateSyntheticDataset({ stores: 12, families: 16 });
const { panel } = dataset;
const LAST_DAY = panel.firstDay + panel.dayCount - 1;
const ORIGIN = LAST_DAY - HORIZON;
const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
const response = fitPromotionResponse(series, ORIGIN);

/** Families that are promoted on some days only, and a number of items that is usual there. */
const PROMOTED = [
  ['POULTRY', 12],
  ['MEATS', 20],
  ['EGGS', 10],
  ['SEAFOOD', 2],
  ['FROZEN FOODS', 4],
  ['PRODUCE', 60],
] as const;

/** Learned over planted uplift of that many items. */
function ratioOf(learned: ReturnType<typeof fitPromotionResponse>, family: string, items: number): number {
  const uplift = Math.expm1(promotionEffectOf(learned, family)?.(items) ?? 0);
  return uplift / (truth.promotionMultiplier(family, items) - 1);
}

describe('the promotion response', () => {
  it('is within 20 % of the planted one for families promoted on some days only', () => {
    for (const [family, items] of PROMOTED) {
      expect(ratioOf(response, family, items), family).toBeGreaterThan(0.8);
      expect(ratioOf(response, family, items), family).toBeLessThan(1.2);
    }
  });

  it('is learned for a family that sells two a day and has its own season', () => {
    const supplies = ratioOf(response, 'SCHOOL AND OFFICE SUPPLIES', 4);
    expect(supplies).toBeGreaterThan(0.7);
    expect(supplies).toBeLessThan(1.3);
  });

  it('never falls with more items, and gains less with each further one', () => {
    const families = response?.families ?? {};
    expect(Object.keys(families)).toEqual(expect.arrayContaining(PROMOTED.map(([family]) => family)));
    for (const [family, effects] of Object.entries(families)) {
      expect(effects, family).toHaveLength(response?.items.length ?? 0);
      const slopes = effects.map(
        (effect, i) =>
          (effect - (effects[i - 1] ?? 0)) /
          ((response?.items[i] as number) - ((response?.items[i - 1] as number | undefined) ?? 0)),
      );
      slopes.forEach((slope, i) => {
        expect(slope, family).toBeGreaterThanOrEqual(-1e-12);
        expect(slope, family).toBeLessThanOrEqual((slopes[i - 1] ?? Number.POSITIVE_INFINITY) + 1e-12);
      });
    }
  });

  it('does not depend on any sale after the last day', () => {
    const seafood = series.filter(({ family }) => family === 'SEAFOOD');
    const changedFrom = (day: number) =>
      seafood.map((member) => {
        const milliUnits = member.history.milliUnits.slice();
        milliUnits.fill(999_000, day - panel.firstDay);
        return { ...member, history: { ...member.history, milliUnits } };
      });
    const fitted = fitPromotionResponse(seafood, ORIGIN);
    expect(fitPromotionResponse(changedFrom(ORIGIN + 1), ORIGIN)).toEqual(fitted);
    expect(fitPromotionResponse(changedFrom(ORIGIN - 30), ORIGIN)).not.toEqual(fitted);
  });

  it('is null if nothing was ever promoted', () => {
    expect(
      fitPromotionResponse(
        withPlan(series, () => 0),
        ORIGIN,
      ),
    ).toBeNull();
    expect(modelRows(NOTHING_LEARNED).promotionResponse).toBeNull();
  });

  it('is not learned from a few stores', () => {
    const few = series.filter(({ storeNbr, family }) => Number(storeNbr) <= 7 || family === 'EGGS');
    expect(Object.keys(fitPromotionResponse(few, ORIGIN)?.families ?? {})).toEqual(['EGGS']);
    expect(
      fitPromotionResponse(
        series.filter(({ storeNbr }) => Number(storeNbr) <= 7),
        ORIGIN,
      ),
    ).toBeNull();
  });

  it('is learned for a family of one store where most families are sold at many', () => {
    const some = series.filter(({ storeNbr, family }) => family !== 'EGGS' || storeNbr === '3');
    const uplift = ratioOf(fitPromotionResponse(some, ORIGIN), 'EGGS', 10);
    expect(uplift).toBeGreaterThan(0.6);
    expect(uplift).toBeLessThan(1.4);
  });

  it('of a family that was never promoted is that of all families', () => {
    const some = series.filter(({ family }) => ['EGGS', 'POULTRY', 'SEAFOOD', 'MEATS'].includes(family));
    const withoutEggs = some.map((member) =>
      member.family === 'EGGS' ? (withPlan([member], () => 0)[0] as PanelSeries) : member,
    );
    const effect = promotionEffectOf(fitPromotionResponse(withoutEggs, ORIGIN), 'EGGS')?.(10) ?? 0;
    expect(effect).toBeGreaterThan(0.05);
    expect(effect).toBeLessThan(0.5);
  });

  it('of a family that is always promoted on the same weekday is that of all families, for lack of evidence', () => {
    const some = series.filter(({ family }) => ['EGGS', 'POULTRY', 'SEAFOOD', 'MEATS'].includes(family));
    const mondays = some.map((member) =>
      member.family === 'EGGS'
        ? (withPlan([member], (day) => (isoWeekday(panel.firstDay + day) === 1 ? 6 : 0))[0] as PanelSeries)
        : member,
    );
    const effects = fitPromotionResponse(mondays, ORIGIN)?.families ?? {};
    const of = (family: string) => effects[family]?.[3] as number;
    expect(of('EGGS')).toBeGreaterThan(0.06);
    // Nor does it imply for others that promotions have no effect.
    expect(of('POULTRY')).toBeGreaterThan(0.8 * (response?.families.POULTRY?.[3] as number));
  });

  it('of a family that has been promoted since its launch is no effect of the launch', () => {
    const launch = ORIGIN - panel.firstDay - 40;
    const some = series.filter(({ family }) => ['EGGS', 'POULTRY', 'SEAFOOD', 'MEATS'].includes(family));
    const launched = some.map((member) => {
      if (member.family !== 'EGGS') return member;
      const [planned] = withPlan([member], (day) => (day >= launch ? 10 : 0)) as [PanelSeries];
      const milliUnits = member.history.milliUnits.map((units, day) =>
        day < launch ? Math.min(0, units) : units,
      );
      return { ...planned, history: { ...planned.history, milliUnits } };
    });
    const effect = promotionEffectOf(fitPromotionResponse(launched, ORIGIN), 'EGGS')?.(10) ?? 0;
    expect(effect).toBeGreaterThan(0.05);
    expect(effect).toBeLessThan(0.6);
  });

  it('is learned from a single family, too', () => {
    const poultry = fitPromotionResponse(
      series.filter(({ family }) => family === 'POULTRY'),
      ORIGIN,
    );
    expect(ratioOf(poultry, 'POULTRY', 12)).toBeGreaterThan(0.8);
    expect(ratioOf(poultry, 'POULTRY', 12)).toBeLessThan(1.2);
  });

  it('is learned from days on which all stores have the same plan', () => {
    // Stores cannot be compared then, only promoted days with others; sales are 30 % higher on those.
    const random = sequence(7);
    const plan = Array.from({ length: panel.plannedDayCount }, () => (random() < 0.3 ? 5 : 0));
    const same = withPlan(
      series.filter(({ family }) => family === 'POULTRY'),
      (day) => plan[day] as number,
    ).map((member) => {
      const milliUnits = member.history.milliUnits.map((units, day) => {
        if (units < 0) return units;
        return Math.round(200_000 * (plan[day] === 0 ? 1 : 1.3) * (0.9 + 0.2 * random()));
      });
      return { ...member, history: { ...member.history, milliUnits } };
    });
    const effect = promotionEffectOf(fitPromotionResponse(same, ORIGIN), 'POULTRY')?.(5) ?? 0;
    expect(Math.expm1(effect)).toBeGreaterThan(0.25);
    expect(Math.expm1(effect)).toBeLessThan(0.35);
  });

  it('gets no credit for effects shared by all families on the same days', () => {
    // Every family sells half more on the days on which only EGGS are promoted, which does nothing.
    const random = sequence(11);
    const plan = Array.from({ length: panel.plannedDayCount }, () => (random() < 0.2 ? 5 : 0));
    const busy = series.map((member) => {
      const [planned] = withPlan([member], (day) => (member.family === 'EGGS' ? (plan[day] as number) : 0));
      const milliUnits = member.history.milliUnits.map((units, day) => {
        if (units < 0) return units;
        return Math.round(150_000 * (plan[day] === 0 ? 1 : 1.5) * (0.9 + 0.2 * random()));
      });
      return { ...member, history: { ...(planned ?? member).history, milliUnits } };
    });
    expect(promotionEffectOf(fitPromotionResponse(busy, ORIGIN), 'EGGS')?.(5)).toBeLessThan(0.08);
  });
});

describe('the effect between the knots', () => {
  it('is linear, 0 without items, and constant beyond the last knot', () => {
    const effect = promotionEffectOf({ items: [1, 3, 15], families: { A: [0.1, 0.2, 0.4] } }, 'A');
    expect([0, 1, 3, 15, 400].map((items) => effect?.(items))).toEqual([0, 0.1, 0.2, 0.4, 0.4]);
    expect(effect?.(9)).toBeCloseTo(0.3, 12);
    expect(promotionEffectOf(undefined, 'A')).toBeNull();
    expect(promotionEffectOf({ items: [1], families: {} }, 'A')).toBeNull();
  });
});

describe('the plan of the target day', () => {
  const member = series.find(({ family, storeNbr }) => family === 'POULTRY' && storeNbr === '3');
  if (!member) throw new Error('no such series');
  const { history, covariates, family } = member;

  it('changes nothing if the target is promoted like the days that the anchor averages', () => {
    const even = { ...history, onpromotion: new Uint16Array(history.onpromotion.length).fill(7) };
    const effect = promotionEffectOf(response, family) ?? (() => Number.NaN);
    for (let h = 1; h <= HORIZON; h++)
      expect(promotionLift(effect, even, ORIGIN, h, ALL_WEEKS)).toBeCloseTo(0, 12);
    even.onpromotion[ORIGIN + 9 - history.firstDay] = 0;
    expect(promotionLift(effect, even, ORIGIN, 9, ALL_WEEKS)).toBeCloseTo(-effect(7), 12);
    expect(effect(7)).toBeGreaterThan(0.1);
  });

  it('is compared with exactly the days that the anchor averages, so an outlier among them does not count', () => {
    const effect = promotionEffectOf(response, family) ?? (() => Number.NaN);
    const origin = ORIGIN - history.firstDay;
    const milliUnits = history.milliUnits.slice();
    const onpromotion = new Uint16Array(history.onpromotion.length);
    for (let week = 0; week < 4; week++) milliUnits[origin - 6 - 7 * week] = 100_000;
    onpromotion[origin - 6] = 12;
    const lift = () => {
      const changed = { ...history, milliUnits, onpromotion };
      const anchors = anchorsOf(changed, ORIGIN, 1);
      return promotionLift(effect, changed, ORIGIN, 1, anchors.weeks[0] ?? 0);
    };
    expect(lift()).toBeCloseTo(-effect(12) / 4, 12);
    milliUnits[origin - 6] = 1000;
    expect(lift()).toBeCloseTo(0, 12);
    milliUnits[origin - 6] = -1;
    expect(lift()).toBeCloseTo(0, 12);
  });

  it("multiplies the forecast's units, and a day's label is the margin that yields its sales", () => {
    expect(Math.expm1(logForecast(2, 0.5, 0.3))).toBeCloseTo(Math.exp(0.3) * Math.expm1(2.5), 12);
    expect(logForecast(2, -9, 0.3)).toBe(0);
    const bases = createTargetBases(2);
    bases.anchors.values.set([1.5, 3]);
    bases.lifts.set([0, -0.4]);
    for (const row of [0, 1]) {
      for (const units of [0.5, 12, 4000])
        expect(unitsOf(bases, row, labelOf(bases, row, units))).toBeCloseTo(units, 9);
    }
    expect(targetMargin(1.5, 12, 0)).toBe(Math.log1p(12) - 1.5);
  });

  it('and everything else are the same in training and in serving', () => {
    const layout = modelRows({ promotionResponse: response, peers: null, smoothingShare: 0 });
    const horizons = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1);
    const bases = createTargetBases(HORIZON);
    const rows = new Float32Array(HORIZON * FEATURE_COUNT);
    layout.write(member, ORIGIN, horizons, HORIZON, rows, 0, bases);
    expect(bases.lifts.some((lift) => lift !== 0)).toBe(true);
    const anchors = anchorsOf(history, ORIGIN, HORIZON);
    expect(bases.anchors).toEqual(anchors);

    const end = ORIGIN + 1 - history.firstDay;
    let served = new Float32Array(0);
    const forest: LoadedForest = {
      featureCount: FEATURE_COUNT,
      kernel: 'none',
      predict: (given) => {
        served = Float32Array.from(given);
        return Float32Array.from(horizons, (h) => 0.01 * h);
      },
      dispose: () => undefined,
    };
    const zeros = [new Array<number>(HORIZON).fill(0)];
    const points = forecastSeries({
      series: member,
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
        },
        promotionEffect: promotionEffectOf(layout.promotionResponse, family),
        peers: null,
        smoothingShare: 0,
      },
    });
    expect(served).toEqual(rows);
    expect(points).toHaveLength(HORIZON);
    for (const [i, { p50 }] of points.entries()) {
      expect(p50).toBe(Math.round(unitsOf(bases, i, Math.fround(0.01 * (i + 1))) * 1000) / 1000);
    }
  });

  it('is hidden from the trees: its columns, and no others, are blank', () => {
    const plain = new Float32Array(HORIZON * FEATURE_COUNT);
    buildFeatureRows(history, covariates, ORIGIN, plain);
    const rowsWith = (items: number) => {
      const onpromotion = history.onpromotion.slice();
      onpromotion[ORIGIN + 6 - history.firstDay] = items;
      const rows = new Float32Array(FEATURE_COUNT);
      const changed = { ...member, history: { ...history, onpromotion } };
      modelRows({ promotionResponse: response, peers: null, smoothingShare: 0 }).write(
        changed,
        ORIGIN,
        Uint8Array.of(6),
        1,
        rows,
        0,
        createTargetBases(1),
      );
      return rows;
    };
    expect(rowsWith(0)).toEqual(rowsWith(40));
    const own = history.onpromotion[ORIGIN + 6 - history.firstDay] as number;
    rowsWith(own).forEach((value, column) => {
      const isBlank = TARGET_PROMOTION_COLUMNS.includes(FEATURE_NAMES[column] as string);
      expect(value, FEATURE_NAMES[column]).toBe(isBlank ? Number.NaN : plain[5 * FEATURE_COUNT + column]);
    });
  });
});

/** The series with another plan, by day of the panel. */
function withPlan(members: readonly PanelSeries[], items: (day: number) => number): PanelSeries[] {
  return members.map((member) => {
    const onpromotion = member.history.onpromotion.map((_, day) => items(day));
    return { ...member, history: { ...member.history, onpromotion } };
  });
}
