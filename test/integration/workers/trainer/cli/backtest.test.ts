import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CLASSICAL_NAMES } from '../../../../../shared/schemas/contender-names.ts';
import { runBacktestCommand } from '../../../../../workers/trainer/cli/backtest-command.ts';
import { writeRetailer } from '../../../../support/datasets/retailer-files.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';
import { runBacktestProgram } from '../../../../support/trainer/run-backtest-program.ts';

beforeEach(async (context) => {
  await openXgboostOrSkip(context);
});

describe('npm run backtest', () => {
  it('compares the model with every baseline on a small synthetic dataset and writes the report', async () => {
    const html = join(await mkdtemp(join(tmpdir(), 'backtest-')), 'deep', 'report.html');
    const size = [
      '--stores',
      '3',
      '--families',
      '8',
      '--rounds',
      '60',
      '--max-rows',
      '20000',
      '--trees-per-round',
      '1',
    ];
    const output = await runBacktestProgram(...size, '--windows', '3', '--html', html);
    expect(output.windows).toBe(3);
    expect(Object.keys(output.baselines)).toEqual([
      'seasonal_naive',
      'same_weekday_mean_4',
      'naive_364',
      'seed_recipe',
    ]);
    for (const { rmsle, wape } of Object.values(output.baselines)) {
      expect(output.rmsle).toBeLessThan(rmsle);
      expect(wape).toBeGreaterThan(0);
    }
    expect(Object.keys(output.alternatives)).toEqual([...CLASSICAL_NAMES]);
    for (const { rmsle } of Object.values(output.alternatives)) {
      expect(rmsle).toBeLessThan(output.baselines.seasonal_naive?.rmsle ?? 0);
    }
    // The synthetic dataset ends on 2017-08-15, and a backtest does not move dates.
    expect(output.by.window?.map(({ name }) => name)).toEqual(['2017-06-28', '2017-07-14', '2017-07-30']);
    expect(output.by.family).toHaveLength(8);
    expect(output.by.horizon).toHaveLength(16);
    expect(await readFile(html, 'utf8')).toMatch(/seed_recipe.*for information.*damped_trend/s);
  });

  it('uses as many windows as fit into a short history, and says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    await writeRetailer(directory, { stores: [7], families: ['TEA'], firstDate: '2026-08-25', days: 90 });
    const notes: string[] = [];
    const flags = { dataset: directory, windows: 8, seed: 1, threads: 1, rounds: 20, treesPerRound: 1 };
    const { summary } = await runBacktestCommand(
      { ...flags, timeTravel: false, seedRecipe: false },
      { today: '2026-11-23', onProgress: () => undefined, onNote: (note) => notes.push(note) },
    );
    expect(summary.windows).toHaveLength(2);
    expect(notes.join()).toMatch(
      /90 days has room for 2 backtest windows instead of 8: scores and intervals are/,
    );
  });
});
