/**
 * `npm run backtest`: a rolling-origin backtest of the model and its baselines on the last windows of a dataset.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { createDirectory } from '../data/create-directory.ts';
import { createStepProgress } from '../data/progress.ts';
import { backtestPage } from '../evaluate/backtest-report/backtest-page.ts';
import { backtestJson, backtestSubtitle, backtestTable } from '../evaluate/backtest-report/backtest-table.ts';
import { breakdownJson, breakdownTables } from '../evaluate/backtest-report/breakdown-tables.ts';
import {
  type BacktestCommandRun,
  type BacktestFlags,
  createBacktestCommand,
  runBacktestCommand,
} from './backtest-command.ts';
import { exitOnError } from './exit-on-error.ts';

async function backtest(flags: BacktestFlags): Promise<void> {
  const startedAt = performance.now();
  const progress = createStepProgress();
  const run = await runBacktestCommand(flags, {
    today: toIsoDate(0),
    onProgress: progress.report,
    onNote: (note) => process.stderr.write(`${note}\n`),
  }).finally(progress.stop);
  const { summary, breakdown } = run;
  const seconds = Math.round((performance.now() - startedAt) / 1000);

  if (flags.html !== undefined) {
    await createDirectory(dirname(flags.html));
    await writeFile(flags.html, backtestPage(pageOf(run)));
  }
  process.stdout.write(
    `${breakdownTables(breakdown)}\n${backtestTable(summary)}\n${backtestSubtitle(run)}, in ${seconds} s\n` +
      (flags.html === undefined ? '' : `report: ${flags.html}\n`),
  );
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...backtestJson(summary), ...breakdownJson(breakdown) })}\n`);
  }
}

function pageOf(run: BacktestCommandRun) {
  const { summary, breakdown, dataset } = run;
  return { title: `Backtest: ${dataset.name}`, subtitle: backtestSubtitle(run), summary, breakdown };
}

await exitOnError(createBacktestCommand(backtest).parseAsync());
