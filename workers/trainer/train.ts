/**
 * `npm run train`: from sales to a published model, with a backtest that says what it is worth.
 *
 * @module
 */
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { openBusinessClock } from './business-time-zone.ts';
import { openLiveStore } from './datasets/live/open-live-store.ts';
import { exitOnError } from './exit-on-error.ts';
import { isBucket } from './publish/open-object-store.ts';
import { backtestJson, backtestTable } from './report/backtest-table.ts';
import { dataChecksTable } from './report/data-checks-table.ts';
import { decisionText } from './report/decision-text.ts';
import { createStepProgress } from './report/step-progress.ts';
import { runTraining } from './run-training.ts';
import { createTracker } from './tracking/tracker.ts';
import { createTrainingCommand, type TrainingFlags } from './training-flags.ts';

async function train(flags: TrainingFlags): Promise<void> {
  const startedAt = performance.now();
  const now = new Date();
  const clock = await openBusinessClock(process.env);
  const store = openLiveStore(flags, process.env);
  const progress = createStepProgress();
  const onNote = (note: string) => process.stderr.write(`${note}\n`);
  const telling = { onProgress: progress.report, onNote };
  const run = await runTraining(flags, {
    now,
    live: store && { store, clock },
    today: toIsoDate(clock.dayOf(now.getTime())),
    tracker: createTracker({ environment: process.env, now: () => new Date(), ...telling }),
    onChecks: (checks) => {
      progress.stop();
      process.stderr.write(`${dataChecksTable(checks)}
`);
    },
    ...telling,
  }).finally(progress.stop);

  const { manifest, model, decision } = run;
  const { training, version } = manifest;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(
    `${backtestTable(model.backtest)}\n` +
      `model ${version}: ${training.series} series, ${training.rows} rows, history to ${training.last_day}\n` +
      `packed ${kilobytes(model.packed)}, UBJSON ${kilobytes(model.ubj)}\n` +
      `${decisionText(decision, flags.out)}` +
      `published to ${flags.out}, live from ${run.liveFrom}, in ${seconds} s\n`,
  );
  const isPromoted = decision.action === 'promote';
  if (isPromoted) {
    const place = isBucket(flags.out)
      ? 'the Worker that is bound to this bucket serves it within a minute'
      : `serve it: npm start -- --dataset ${flags.out}`;
    process.stdout.write(`${place}\n`);
  }
  if (!isPromoted && decision.champion === null) {
    process.stderr.write(`${flags.out} has no model in service: the first one was refused.\n`);
    process.exitCode = 1;
  }
  if (flags.json) {
    const { reasons, champion } = decision;
    const { checks } = run.checks;
    const told = {
      ...backtestJson(model.backtest),
      version,
      promoted: isPromoted,
      champion,
      reasons,
      data_checks: checks,
    };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
}

function kilobytes(bytes: Uint8Array): string {
  return `${Math.round(bytes.byteLength / 1024)} kB`;
}

await exitOnError(createTrainingCommand(train).parseAsync());
