import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openXgboostOrSkip } from '../support/trainer/open-xgboost.ts';
import { runBacktestProgram } from '../support/trainer/run-backtest-program.ts';

/** Real sales lie beside the repository, where there are any. */
const REAL = fileURLToPath(new URL('../../../shared/data/favorita', import.meta.url));
const REAL_TRAIN = 'train_19_series.csv.gz';

it('beats every baseline in the mean on the real series, and wins at least 7 of 8 windows', async (context) => {
  await openXgboostOrSkip(context);
  const isThere = await access(join(REAL, REAL_TRAIN)).then(
    () => true,
    () => false,
  );
  if (!isThere) return context.skip(`${REAL} is not there`);
  // Some of the rows and trees of a real training, in a fifth of the time.
  const size = ['--rounds', '120', '--trees-per-round', '1', '--max-rows', '40000'];
  const output = await runBacktestProgram(
    '--dataset',
    REAL,
    '--train',
    REAL_TRAIN,
    '--windows',
    '8',
    ...size,
  );
  for (const { rmsle, wape } of Object.values(output.baselines)) {
    expect(output.rmsle).toBeLessThan(rmsle);
    expect(output.wape).toBeLessThan(wape);
  }
  expect(output.windows_won).toBeGreaterThanOrEqual(7);
  expect(output.coverage80).toBeGreaterThan(0.75);
  expect(output.coverage80).toBeLessThan(0.85);
});
