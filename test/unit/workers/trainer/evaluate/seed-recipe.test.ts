import { describe, expect, it } from 'vitest';
import { createCategories, HORIZON } from '../../../../../shared/features/index.ts';
import { SEED_ROWS } from '../../../../../workers/trainer/evaluate/seed-recipe.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import { createTargetBases } from '../../../../../workers/trainer/model/training-set/row-layout.ts';
import { FIRST_DAY, smallDataset } from '../../../../support/datasets/small-dataset.ts';

const ORIGIN = FIRST_DAY + 40;
const HORIZONS = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1);
const TICKETS = 12;

function rowsOf(edit?: Parameters<typeof smallDataset>[2]): Float32Array[] {
  const dataset = smallDataset(80, ['A', 'B'], edit);
  const [series] = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  if (!series) throw new Error('no series');
  const out = new Float32Array(HORIZON * SEED_ROWS.columns);
  SEED_ROWS.write(series, ORIGIN, HORIZONS, HORIZON, out, 0, createTargetBases(HORIZON));
  return [...HORIZONS].map((h) => out.subarray((h - 1) * SEED_ROWS.columns, h * SEED_ROWS.columns));
}

describe('the 13-column recipe', () => {
  it("has 13 columns and none of the series' sales", () => {
    expect(SEED_ROWS.columns).toBe(13);
    const changed = rowsOf(({ milliUnits }) => milliUnits.fill(77_000));
    expect(changed).toEqual(rowsOf());
  });

  it('uses tickets up to the origin only: those of the last same weekday', () => {
    const count = (_: number, i: number) => 100 + (i % 80);
    const rows = rowsOf(({ tickets }) => tickets.set(tickets.map(count)));
    expect(rows.map((row) => row[TICKETS])).toEqual([...HORIZONS].map((h) => 100 + 34 + ((h - 1) % 7)));
    const later = rowsOf(({ tickets }) => {
      tickets.set(tickets.map(count));
      tickets.fill(9, 41, 80);
    });
    expect(later).toEqual(rows);
  });

  it('skips weeks with unknown tickets', () => {
    const rows = rowsOf(({ tickets }) => {
      tickets.set(tickets.map((_, i) => 100 + (i % 80)));
      tickets.fill(-1, 34, 41);
    });
    expect(rows[0]?.[TICKETS]).toBe(100 + 27);
    expect(rowsOf(({ tickets }) => tickets.fill(-1))[0]?.[TICKETS]).toBeNaN();
  });
});
