import { describe, expect, it } from 'vitest';
import { categoriesByLevel } from '../../../../../../workers/trainer/model/series/categories-by-level.ts';
import { FIRST_DAY, smallDataset } from '../../../../../support/datasets/small-dataset.ts';

const DAYS = 60;
const LAST_DAY = FIRST_DAY + DAYS - 1;
/** Series in order: A, B and C of store 1, then of store 2. */
const dataset = smallDataset(DAYS, ['A', 'B', 'C'], ({ milliUnits }) => {
  [50, 5, 500, 20, 2, 200].forEach((units, s) => {
    milliUnits.fill(1000 * units, s * DAYS, (s + 1) * DAYS);
  });
});

describe('categories', () => {
  it('are ordered by sales', () => {
    const { store_nbr, family, city } = categoriesByLevel(dataset, LAST_DAY);
    expect(store_nbr).toEqual(['2', '1']);
    expect(family).toEqual(['B', 'A', 'C']);
    expect(city).toEqual(['Manta', 'Quito']);
  });

  it('are ordered as of a day, whatever is sold later', () => {
    const { panel } = dataset;
    const milliUnits = panel.milliUnits.slice();
    for (let s = 0; s < 6; s++) milliUnits.fill(s === 1 ? 9e6 : 0, s * DAYS + 30, (s + 1) * DAYS);
    const later = { ...dataset, panel: { ...panel, milliUnits } };
    expect(categoriesByLevel(later, FIRST_DAY + 29)).toEqual(categoriesByLevel(dataset, LAST_DAY));
    expect(categoriesByLevel(later, LAST_DAY).family).not.toEqual(['B', 'A', 'C']);
  });

  it('are ordered by later days if none was known by then', () => {
    const { panel } = dataset;
    const milliUnits = panel.milliUnits.slice();
    for (const s of [0, 3]) milliUnits.fill(-1, s * DAYS, s * DAYS + 40);
    const late = { ...dataset, panel: { ...panel, milliUnits } };
    expect(categoriesByLevel(late, FIRST_DAY + 29).family).toEqual(['B', 'A', 'C']);
  });

  it('keep their order when a store of a few days is added, whatever it sells', () => {
    const { panel } = dataset;
    const milliUnits = panel.milliUnits.slice();
    [1, 9000, 1].forEach((units, f) => {
      milliUnits.fill(-1, (3 + f) * DAYS, (4 + f) * DAYS - 5);
      milliUnits.fill(1000 * units, (4 + f) * DAYS - 5, (4 + f) * DAYS);
    });
    const young = { ...dataset, panel: { ...panel, milliUnits } };
    expect(categoriesByLevel(young, LAST_DAY).family).toEqual(['B', 'A', 'C']);
  });

  it('place a family of one store beside those that sell like it there', () => {
    const sold = dataset.panel.milliUnits.slice();
    // Store 2 sells a tenth of store 1. B is sold at store 1 alone, a little less than A there.
    [50, 45, 500, 5, -1, 50].forEach((units, s) => {
      sold.fill(units < 0 ? -1 : 1000 * units, s * DAYS, (s + 1) * DAYS);
    });
    const { panel } = dataset;
    const codes = categoriesByLevel({ ...dataset, panel: { ...panel, milliUnits: sold } }, LAST_DAY);
    expect(codes.family).toEqual(['B', 'A', 'C']);
  });

  it('with equal sales are ordered by when they sold, not by name', () => {
    const orderOf = (families: readonly string[]) => {
      const renamed = smallDataset(DAYS, families, ({ milliUnits }) => {
        milliUnits.fill(0);
        // The first family sells early what the second sells late.
        for (const store of [0, 2]) {
          milliUnits.fill(7000, store * DAYS, store * DAYS + 20);
          milliUnits.fill(7000, (store + 1) * DAYS + 40, (store + 2) * DAYS);
        }
      });
      return categoriesByLevel(renamed, LAST_DAY).family;
    };
    expect(orderOf(['A', 'B'])).toEqual(['A', 'B']);
    expect(orderOf(['Z', 'Y'])).toEqual(['Z', 'Y']);
  });
});
