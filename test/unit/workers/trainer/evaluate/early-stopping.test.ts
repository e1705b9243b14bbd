import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { createCategories } from '../../../../../shared/features/index.ts';
import { chooseRounds } from '../../../../../workers/trainer/evaluate/early-stopping.ts';
import { PARAMETER_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import { recipeOf } from '../../../../../workers/trainer/model/recipe.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import type { Xgboost } from '../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { FIRST_DAY, smallDataset } from '../../../../support/datasets/small-dataset.ts';

const DAYS = 200;
const LAST_DAY = FIRST_DAY + DAYS - 1;

interface Fake {
  readonly xgboost: Xgboost;
  /** Last round of any booster, counted from 0. */
  lastRound: number;
  /** Labels of every training matrix. */
  readonly labels: Float32Array[];
  open: number;
}

/** A library whose every margin after n rounds is `marginAfter(n)`: sales repeat weekly, so the best margin is 0. */
function fakeLibrary(marginAfter: (rounds: number) => number): Fake {
  const release = () => {
    fake.open--;
  };
  const fake: Fake = {
    lastRound: -1,
    labels: [],
    open: 0,
    xgboost: {
      version: '3.2.0',
      libraryPath: 'fake',
      createMatrix(rows, columns, labels) {
        fake.open++;
        if (labels) fake.labels.push(labels);
        return { rows: rows.length / columns, handle: {}, [Symbol.dispose]: release };
      },
      createBooster() {
        fake.open++;
        let rounds = 0;
        return {
          update(round) {
            expect(round).toBe(rounds++);
            fake.lastRound = Math.max(fake.lastRound, round);
          },
          predict: (matrix) => new Float32Array(matrix.rows).fill(marginAfter(rounds)),
          evaluate: () => ({ metric: 'rmse', value: 0 }),
          load: () => undefined,
          save: () => new Uint8Array(),
          [Symbol.dispose]: release,
        };
      },
    },
  };
  return fake;
}

function choose(
  fake: Fake,
  {
    windows = 3,
    most = 1000,
    days = DAYS,
    lastDay = LAST_DAY,
    edit = (units: Int32Array): unknown => units,
  } = {},
) {
  const dataset = smallDataset(days, ['A', 'B'], ({ milliUnits }) => edit(milliUnits));
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const recipe = recipeOf({ ...PARAMETER_DEFAULTS, rounds: most, seed: 1 });
  return chooseRounds(
    { xgboost: fake.xgboost, series, threads: 1 },
    recipe,
    lastDay,
    windows,
    () => undefined,
  );
}

describe('early stopping', () => {
  it('chooses the rounds with the least error, and stops soon after them', async () => {
    const fake = fakeLibrary((rounds) => Math.abs(rounds - 150) / 100);
    const choice = await choose(fake);
    expect(choice?.rounds).toBe(150);
    expect(choice?.most).toBe(1000);
    expect(fake.lastRound).toBeLessThan(300);
    expect(choice?.curve.find(({ rounds }) => rounds === 150)?.rmsle).toBeCloseTo(0, 6);
    expect(choice?.curve.find(({ rounds }) => rounds === 50)?.rmsle).toBeCloseTo(1, 6);
  });

  it('prefers the smaller model if more rounds make hardly any difference', async () => {
    const choice = await choose(fakeLibrary((rounds) => (rounds < 100 ? 1 : 0.5 - rounds * 1e-7)));
    expect(choice?.rounds).toBe(100);
  });

  it('uses windows that end with the last known day, one after the other', async () => {
    const choice = await choose(fakeLibrary(() => 0));
    expect(choice?.windows).toEqual([LAST_DAY - 48, LAST_DAY - 32, LAST_DAY - 16].map(toIsoDate));
  });

  it('sees no sale after that day', async () => {
    const lastDay = LAST_DAY - 20;
    const before = fakeLibrary((rounds) => 1 / rounds);
    const after = fakeLibrary((rounds) => 1 / rounds);
    const edit = (units: Int32Array) => {
      for (let s = 0; s < units.length / DAYS; s++) units.fill(777_000, (s + 1) * DAYS - 20, (s + 1) * DAYS);
    };
    const choice = await choose(before, { lastDay });
    expect(await choose(after, { lastDay, edit })).toEqual(choice);
    expect(after.labels).toEqual(before.labels);
    // The same sales a day earlier do make a difference, so the comparison can fail.
    expect(
      await choose(
        fakeLibrary((rounds) => 1 / rounds),
        { lastDay: lastDay + 1, edit },
      ),
    ).not.toEqual(choice);
  });

  it('manages with the windows that fit into a short history, and with none', async () => {
    const lastDay = FIRST_DAY + 55 + 2 * 16;
    expect(
      (
        await choose(
          fakeLibrary(() => 0),
          { lastDay },
        )
      )?.windows,
    ).toHaveLength(2);
    expect(
      await choose(
        fakeLibrary(() => 0),
        { lastDay: FIRST_DAY + 60 },
      ),
    ).toBeNull();
  });

  it('never exceeds the maximum, and frees what it creates', async () => {
    const fake = fakeLibrary((rounds) => 1 / rounds);
    expect((await choose(fake, { most: 60 }))?.rounds).toBe(60);
    expect(fake.lastRound).toBe(59);
    expect(fake.open).toBe(0);
  });
});
