/**
 * `npm run train`: from sales to a published model, with a backtest that says what it is worth.
 *
 * @module
 */
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { exitOnError } from './exit-on-error.ts';
import { backtestJson, backtestTable } from './report/backtest-table.ts';
import { createStepProgress } from './report/step-progress.ts';
import { runTraining } from './run-training.ts';
import { createTrainingCommand, type TrainingFlags } from './training-flags.ts';

const DEFAULT_TIME_ZONE = 'America/Guayaquil';

async function train(flags: TrainingFlags): Promise<void> {
  const startedAt = performance.now();
  const now = new Date();
  const clock = createBusinessClock(process.env.BUSINESS_TIME_ZONE ?? DEFAULT_TIME_ZONE);
  const progress = createStepProgress();
  const run = await runTraining(flags, {
    now,
    today: toIsoDate(clock.dayOf(now.getTime())),
    onProgress: progress.report,
    onNote: (note) => process.stderr.write(`${note}\n`),
  }).finally(progress.stop);

  const { training, version } = run.manifest;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(
    `${backtestTable(run.model.backtest)}\n` +
      `model ${version}: ${training.series} series, ${training.rows} rows, history to ${training.last_day}\n` +
      `packed ${kilobytes(run.model.packed)}, UBJSON ${kilobytes(run.model.ubj)}\n` +
      `published to ${flags.out}, live from ${run.liveFrom}, in ${seconds} s\n` +
      `serve it: npm start -- --dataset ${flags.out}\n`,
  );
  if (flags.json)
    process.stdout.write(`${JSON.stringify({ ...backtestJson(run.model.backtest), version })}\n`);
}

function kilobytes(bytes: Uint8Array): string {
  return `${Math.round(bytes.byteLength / 1024)} kB`;
}

await exitOnError(createTrainingCommand(train).parseAsync());
