import fc from 'fast-check';
import { expect, it } from 'vitest';
import { centreThresholds } from '../../../../../workers/trainer/model/centre-thresholds.ts';
import type { Booster, Xgboost } from '../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';

/** Fits a few trees on rows, and hands them over before and after their thresholds move. */
function withTrees(
  xgboost: Xgboost,
  rows: { readonly features: Float32Array; readonly columns: number; readonly labels: Float32Array },
  compare: (predict: (values: Float32Array) => Float32Array, centre: () => void) => void,
): void {
  const { features, columns, labels } = rows;
  using matrix = xgboost.createMatrix(features, columns, labels, 1);
  using booster: Booster = xgboost.createBooster(
    { tree_method: 'hist', eta: 1, max_depth: 3, min_child_weight: 0, lambda: 0, nthread: 1 },
    matrix,
  );
  for (let round = 0; round < 3; round++) booster.update(round, matrix);
  const predict = (values: Float32Array) => {
    using wanted = xgboost.createMatrix(values, columns, null, 1);
    return booster.predict(wanted);
  };
  compare(predict, () =>
    booster.load(centreThresholds(booster.save(), { features, columns, count: labels.length })),
  );
}

it('a value in a gap between training values goes to the nearer side', async (context) => {
  const xgboost = await openXgboostOrSkip(context);
  const features = Float32Array.of(0, 0, 0, 4.56, 5, 5.5);
  const labels = Float32Array.of(-6, -6, -6, 1, 1, 1);
  withTrees(xgboost, { features, columns: 1, labels }, (predict, centre) => {
    const values = Float32Array.of(2.2, 2.4, 4.5);
    const [low, , high] = predict(values);
    expect(low).toBeCloseTo(-6, 4);
    expect(high, 'XGBoost puts the threshold on 4.56').toBeCloseTo(-6, 4);
    centre();
    expect([...predict(values)].map(Math.round)).toEqual([-6, 1, 1]);
  });
});

it('no training row changes its forecast by a bit', async (context) => {
  const xgboost = await openXgboostOrSkip(context);
  const value = fc.oneof(
    fc.constant(Number.NaN),
    fc.integer({ min: -3, max: 3 }),
    fc.float({ min: -10, max: 10, noNaN: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(1, Math.fround(1 + 2 ** -23), 2 ** -149, -0, 3.4e38, -3.4e38),
  );
  const row = fc.record({
    values: fc.tuple(value, value),
    label: fc.float({ min: -8, max: 8, noNaN: true }),
  });
  let moved = 0;
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 60 }), (rows) => {
      const features = Float32Array.from(rows.flatMap(({ values }) => values));
      const labels = Float32Array.from(rows.map(({ label }) => label));
      withTrees(xgboost, { features, columns: 2, labels }, (predict, centre) => {
        const before = predict(features);
        const between = features.map((x) => x * 0.97);
        const elsewhere = predict(between);
        centre();
        expect(new Uint32Array(predict(features).buffer)).toEqual(new Uint32Array(before.buffer));
        if (predict(between).some((margin, i) => margin !== elsewhere[i])) moved++;
      });
    }),
    { seed: 7, numRuns: 150 },
  );
  expect(moved).toBeGreaterThan(50);
});
