import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { runBacktestCommand } from '../../../../../workers/trainer/cli/backtest-command.ts';
import { writeRetailer } from '../../../../support/datasets/retailer-files.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));
const REAL = join(ROOT, '../shared/data/favorita');
const REAL_TRAIN = 'train_19_series.csv.gz';

beforeEach(async (context) => {
  await openXgboostOrSkip(context);
});

interface BacktestOutput {
  readonly rmsle: number;
  readonly wape: number;
  readonly windows: number;
  readonly windows_won: number;
  readonly coverage80: number;
  readonly baselines: Readonly<Record<string, { readonly rmsle: number; readonly wape: number }>>;
  readonly by: Readonly<Record<string, readonly { readonly name: string }[]>>;
}

/** Runs the command as a user does and parses the last line of its output. */
async function backtest(...args: readonly string[]): Promise<BacktestOutput> {
  const script = join(ROOT, 'workers/trainer/cli/backtest.ts');
  const { stdout } = await run(process.execPath, [script, ...args, '--json'], { cwd: ROOT, maxBuffer: 1e8 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as BacktestOutput;
}

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
    const output = await backtest(...size, '--windows', '3', '--html', html);
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
    // The synthetic dataset ends on 2017-08-15, and a backtest does not move dates.
    expect(output.by.window?.map(({ name }) => name)).toEqual(['2017-06-28', '2017-07-14', '2017-07-30']);
    expect(output.by.family).toHaveLength(8);
    expect(output.by.horizon).toHaveLength(16);
    expect(await readFile(html, 'utf8')).toContain('seed_recipe');
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

  it('beats every baseline in the mean on the real series, and wins at least 7 of 8 windows', async (context) => {
    const isThere = await access(join(REAL, REAL_TRAIN)).then(
      () => true,
      () => false,
    );
    if (!isThere) return context.skip(`${REAL} is not there`);
    // Some of the rows and trees of a real training, in a fifth of the time.
    const size = ['--rounds', '120', '--trees-per-round', '1', '--max-rows', '40000'];
    const output = await backtest('--dataset', REAL, '--train', REAL_TRAIN, '--windows', '8', ...size);
    for (const { rmsle, wape } of Object.values(output.baselines)) {
      expect(output.rmsle).toBeLessThan(rmsle);
      expect(output.wape).toBeLessThan(wape);
    }
    expect(output.windows_won).toBeGreaterThanOrEqual(7);
    expect(output.coverage80).toBeGreaterThan(0.75);
    expect(output.coverage80).toBeLessThan(0.85);
  });
});
