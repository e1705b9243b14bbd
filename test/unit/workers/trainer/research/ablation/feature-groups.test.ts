import { describe, expect, it } from 'vitest';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../../../../shared/features/index.ts';
import { onePoint } from '../../../../../../workers/trainer/evaluate/contenders.ts';
import {
  openPanelSeries,
  type PanelSeries,
} from '../../../../../../workers/trainer/model/series/panel-series.ts';
import {
  createTargetBases,
  MODEL_ROWS,
} from '../../../../../../workers/trainer/model/training-set/row-layout.ts';
import {
  averagedContender,
  LAG_ROWS,
} from '../../../../../../workers/trainer/research/ablation/alternatives.ts';
import {
  ABLATION_GROUP_NAMES,
  ABLATION_GROUPS,
  columnsWithout,
  rowsOfColumns,
} from '../../../../../../workers/trainer/research/ablation/feature-groups.ts';
import {
  pairedJson,
  pairedTable,
  pairScores,
} from '../../../../../../workers/trainer/research/compare-contenders.ts';
import { FIRST_DAY, smallDataset } from '../../../../../support/datasets/small-dataset.ts';
import { anchorsOf, buildFeatureRow } from '../../../../../support/features/build-rows.ts';

const ORIGIN = FIRST_DAY + 80;
const HORIZONS = Uint8Array.of(2, 9, 16);

function openOne(): PanelSeries {
  const dataset = smallDataset(120, ['A'], ({ milliUnits }) => {
    for (let i = 0; i < milliUnits.length; i++) milliUnits[i] = 1000 + ((i * 7919) % 90_000);
  });
  const [member] = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  if (!member) throw new Error('no series');
  return member;
}

describe('the feature groups of an ablation', () => {
  it('hold every feature exactly once, and nothing else', () => {
    const named = ABLATION_GROUP_NAMES.flatMap((group) => [...ABLATION_GROUPS[group]]);
    expect([...named].sort()).toEqual([...FEATURE_NAMES].sort());
  });

  it('leave the other columns in order', () => {
    const kept = columnsWithout(['oil', 'horizon']).map((column) => FEATURE_NAMES[column]);
    expect(kept).toEqual(
      FEATURE_NAMES.filter((name) => !['oil_mean_28', 'oil_change', 'horizon'].includes(name)),
    );
  });

  it('make rows of the remaining columns, measured from the same anchors', () => {
    const member = openOne();
    const kept = columnsWithout(['lags', 'holiday']);
    const { columns, write } = rowsOfColumns(kept);
    expect(columns).toBe(kept.length);
    const rows = new Float32Array(5 + 3 * columns);
    const bases = createTargetBases(3);
    write(member, ORIGIN, HORIZONS, 3, rows, 5, bases);
    const whole = new Float32Array(3 * FEATURE_COUNT);
    const wholeBases = createTargetBases(3);
    MODEL_ROWS.write(member, ORIGIN, HORIZONS, 3, whole, 0, wholeBases);
    const expected = [0, 1, 2].flatMap((row) => kept.map((column) => whole[row * FEATURE_COUNT + column]));
    expect([...rows.subarray(5)]).toEqual(expected);
    expect(bases).toEqual(wholeBases);
    expect(bases.anchors.values.every((value) => value > 0)).toBe(true);
  });
});

describe('rows of lags of at least 16 days', () => {
  it('equal those of the farthest horizon, 16 days before the target', () => {
    const member = openOne();
    const rows = new Float32Array(3 * FEATURE_COUNT);
    const bases = createTargetBases(3);
    LAG_ROWS.write(member, ORIGIN, HORIZONS, 3, rows, 0, bases);
    HORIZONS.forEach((h, i) => {
      const expected = new Float32Array(FEATURE_COUNT);
      buildFeatureRow(member.history, member.covariates, ORIGIN + h - HORIZON, HORIZON, expected);
      expect([...rows.subarray(i * FEATURE_COUNT, (i + 1) * FEATURE_COUNT)]).toEqual([...expected]);
      const anchors = anchorsOf(member.history, ORIGIN + h - HORIZON, HORIZON);
      expect(bases.anchors.values[i]).toBe(anchors.values[HORIZON - 1]);
    });
  });
});

describe('an average of contenders', () => {
  it('is the mean of their logarithms', async () => {
    const constant = (units: number) => ({
      name: 'c',
      forecast: async () => onePoint(Float64Array.of(units)),
    });
    const averaged = averagedContender('both', [constant(3), constant(15)]);
    const { median, mean } = await averaged.forecast(0, () => undefined);
    expect(mean).toEqual(median);
    expect(median[0]).toBeCloseTo(Math.expm1((Math.log1p(3) + Math.log1p(15)) / 2), 12);
  });
});

describe('paired contenders', () => {
  const score = (rmsle: number, wape: number) => ({ rmsle, wape });
  const windows = [
    { origin: '2017-06-28', scores: { model: score(0.1, 0.05), other: score(0.2, 0.05) } },
    { origin: '2017-07-14', scores: { model: score(0.5, 0.2), other: score(0.4, 0.3) } },
    { origin: '2017-07-30', scores: { model: score(0.3, 0.1), other: score(0.3, 0.1) } },
  ];

  it('are summarised by mean differences, windows won without ties, and the worst window', () => {
    const paired = pairScores(windows, 'model', 'other');
    expect(paired.rmsle).toBeCloseTo(0.3, 12);
    expect(paired.wape).toBeCloseTo(0.15, 12);
    expect(paired.rmsleDifference).toBeCloseTo(0, 12);
    expect(paired.wapeDifference).toBeCloseTo(0.1 / 3, 12);
    expect(paired.windowsWon).toBe(1);
    expect(paired.worst.origin).toBe('2017-06-28');
    expect(paired.worst.rmsleDifference).toBeCloseTo(0.1, 12);
  });

  it('need forecasts of both for every window', () => {
    expect(() => pairScores(windows, 'model', 'nobody')).toThrow(/2017-06-28 lacks "nobody"/);
  });

  it('are printed, and reported as JSON, with their signs', () => {
    const paired = pairScores(windows, 'model', 'other');
    const table = pairedTable({ name: 'model', rmsle: 0.3, wape: 0.1166 }, [paired], 3);
    expect(table).toContain('11.7 %');
    expect(table).toContain('+3.33 %');
    expect(table).toContain('1 of 3');
    expect(table).toContain('+0.1000 after 2017-06-28');
    expect(pairedJson([paired])).toEqual([
      {
        name: 'other',
        rmsle: 0.3,
        wape: 0.15,
        rmsle_difference: 0,
        wape_difference: 0.03333,
        windows_won: 1,
        worst_window: { origin: '2017-06-28', rmsle_difference: 0.1 },
      },
    ]);
  });
});
