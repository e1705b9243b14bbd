import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../../../../shared/features/index.ts';
import { openPanelSeries } from '../../../../../../workers/trainer/model/series/panel-series.ts';
import {
  modelRows,
  NOTHING_LEARNED,
} from '../../../../../../workers/trainer/model/training-set/row-layout.ts';
import { measureUplift } from '../../../../../../workers/trainer/research/uplift/measure-uplift.ts';
import {
  plantedInSynthetic,
  readPlanted,
} from '../../../../../../workers/trainer/research/uplift/planted-truth.ts';
import {
  addPoints,
  type PlantedMultiplier,
  summarizeUplift,
  type UpliftTallies,
} from '../../../../../../workers/trainer/research/uplift/summarize-uplift.ts';
import { upliftJson, upliftTable } from '../../../../../../workers/trainer/research/uplift/uplift-table.ts';
import { FIRST_DAY, smallDataset } from '../../../../../support/datasets/small-dataset.ts';

const DAYS = 200;
const LAST_DAY = FIRST_DAY + DAYS - 1;
const dataset = smallDataset(DAYS, ['EGGS', 'MEATS']);
const { panel } = dataset;
panel.series.forEach(({ family }, s) => {
  for (let day = 0; day < panel.plannedDayCount; day++) {
    if (family === 'EGGS' || day % 5 === 0) panel.onpromotion[s * panel.plannedDayCount + day] = 3;
  }
});
const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));

/** A model that adds 0.2 in log space if items are on promotion, and 0.4 for MEATS at h = 5. */
const predict = (rows: Float32Array) =>
  Float32Array.from({ length: rows.length / FEATURE_COUNT }, (_, row) => {
    const value = (name: string) => rows[row * FEATURE_COUNT + FEATURE_NAMES.indexOf(name)] as number;
    if (value('promotion') === 0) return 0;
    return value('horizon') === 5 && value('family') === 1 ? 0.4 : 0.2;
  });
const points = [...measureUplift(series, LAST_DAY, modelRows(NOTHING_LEARNED), predict)];

function summarize(planted: PlantedMultiplier | null) {
  const tallies: UpliftTallies = new Map();
  addPoints(tallies, points, planted);
  return summarizeUplift(tallies, series, LAST_DAY, 20);
}

describe('the promotion uplift', () => {
  it("is measured on every planned day at every horizon, with and without that day's plan", () => {
    expect(points.filter(({ family }) => family === 'EGGS')).toHaveLength(2 * 16 * HORIZON);
    const planned = Array.from({ length: 16 }, (_, i) => i).filter((i) => (DAYS + i) % 5 === 0);
    for (let horizon = 1; horizon <= HORIZON; horizon++) {
      const meats = points.filter(({ family, h }) => family === 'MEATS' && h === horizon);
      expect(meats).toHaveLength(2 * planned.length);
    }
    for (const { planned: units, plain, h, family, items } of points) {
      expect(items).toBe(3);
      const effect = family === 'MEATS' && h === 5 ? 0.4 : 0.2;
      expect((units + 1) / (plain + 1)).toBeCloseTo(Math.exp(effect), 5);
    }
  });

  it('is compared with the planted one, with the same weights, if both kinds of days are known', () => {
    const planted = () => 1.25;
    const [eggs, meats] = summarize(planted);
    expect(eggs).toMatchObject({ family: 'EGGS', promotedDays: 2 * DAYS, plainDays: 0, isMeasurable: false });
    expect(meats).toMatchObject({ promotedDays: 2 * 40, plainDays: 2 * 160, isMeasurable: true });
    expect(meats?.planted).toBeCloseTo(0.25, 12);
    const plain = points.filter(({ family }) => family === 'MEATS');
    const sum = (of: (point: (typeof plain)[number]) => number) =>
      plain.reduce((total, point) => total + of(point), 0);
    expect(meats?.learned).toBeCloseTo(sum((point) => point.planned) / sum((point) => point.plain) - 1, 12);
    expect(meats?.horizons.map(({ h, points: count }) => [h, count])).toEqual(
      Array.from({ length: HORIZON }, (_, i) => [i + 1, plain.length / HORIZON]),
    );
    expect(summarize(null)[0]?.planted).toBeNull();
  });

  it('is reported as a table and as JSON, in which families without enough days do not count', () => {
    const families = summarize(() => 1.28);
    expect(upliftTable(families)).toMatch(/EGGS .* too few days/);
    const json = upliftJson(families);
    expect(json).toMatchObject({ families_measurable: 1, within_20_percent_at_every_horizon: 0 });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });
});

describe('the planted uplift', () => {
  it('is that of the synthetic dataset, or of its truth file', async () => {
    expect(plantedInSynthetic()('POULTRY', 12)).toBeCloseTo(1 + 0.5 * (1 - Math.exp(-1)), 12);
    const file = join(await mkdtemp(join(tmpdir(), 'truth-')), 'truth.json');
    await writeFile(
      file,
      JSON.stringify({ families: [{ family: 'A', promotion: { uplift: 1, scale: 2 } }] }),
    );
    expect((await readPlanted(file))('A', 2)).toBeCloseTo(2 - Math.exp(-1), 12);
    await writeFile(file, '{"families": [{"family": "A"}]}');
    await expect(readPlanted(file)).rejects.toThrow(/families\.0\.promotion/);
    await expect(readPlanted(`${file}.gone`)).rejects.toThrow(/cannot read --truth/);
  });
});
