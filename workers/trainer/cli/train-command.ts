import { appendFile } from 'node:fs/promises';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { FailedChecksError } from '../data/checks/run-checks.ts';
import { openBusinessClock } from '../data/live/business-time-zone.ts';
import { openLiveStore } from '../data/live/read-live-sales.ts';
import { createNotes, type Note, type OnNote } from '../data/notes.ts';
import { createStepProgress } from '../data/progress.ts';
import { backtestJson, backtestTable } from '../evaluate/backtest-report/backtest-table.ts';
import { kilobytes } from '../evaluate/backtest-report/format.ts';
import { readInService } from '../publish/change-champion.ts';
import { isBucket, openObjectStore } from '../publish/object-store/open-object-store.ts';
import { failureSummary, trainingSummary } from '../report/training-summary.ts';
import {
  dataChecksTable,
  decisionText,
  inServiceText,
  nothingServedText,
  publicationText,
  type TrainingRun,
} from '../report/training-text.ts';
import { createTracker } from '../tracking/tracker.ts';
import { runTraining } from './run-training.ts';
import type { TrainingFlags } from './training-flags.ts';

export interface TrainingSettings {
  /** Time limit for logging to the tracking server. */
  readonly loggingTimeMs?: number;
}

/** Trains, reports to people and programs, and sets the exit code. */
export async function train(flags: TrainingFlags, settings: TrainingSettings = {}): Promise<void> {
  const startedAt = new Date();
  const notes = createNotes(process.env, process);
  try {
    const run = await runWithProgress(flags, settings, startedAt, notes.onNote);
    const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
    printSummary(run, notes.taken, flags, seconds);
    await appendSummary(flags.summary, trainingSummary(run, notes.taken, flags.out, seconds));
  } catch (error) {
    const inService = await whatIsInService(flags.out, startedAt);
    await appendSummary(flags.summary, failureSummary(error, inService, notes.taken));
    if (flags.json && error instanceof FailedChecksError) {
      process.stdout.write(`${JSON.stringify(failedChecksJson(error))}\n`);
    }
    throw error;
  }
}

/** Read again: a run may fail after its model has gone into service. */
async function whatIsInService(out: string, startedAt: Date): Promise<string> {
  try {
    return inServiceText(await readInService(openObjectStore(out, process.env)), startedAt);
  } catch (error) {
    const reason = messageOf(error);
    return inServiceText({ kind: 'unknown', reason }, startedAt);
  }
}

/** Appends Markdown to a file, if one is given. */
export async function appendSummary(file: string | undefined, text: string): Promise<void> {
  if (file) await appendFile(file, text);
}

async function runWithProgress(
  flags: TrainingFlags,
  settings: TrainingSettings,
  now: Date,
  onNote: OnNote,
): Promise<TrainingRun> {
  const clock = await openBusinessClock(process.env);
  const store = openLiveStore(flags, process.env);
  const progress = createStepProgress();
  const reporting = { onProgress: progress.report, onNote };
  return runTraining(flags, {
    now,
    live: store && { store, clock },
    today: toIsoDate(clock.dayOf(now.getTime())),
    tracker: createTracker({ environment: process.env, now: () => new Date(), ...reporting, ...settings }),
    onChecks: (checks) => {
      progress.stop();
      process.stderr.write(`${dataChecksTable(checks)}\n`);
    },
    ...reporting,
  }).finally(progress.stop);
}

function printSummary(run: TrainingRun, notes: readonly Note[], flags: TrainingFlags, seconds: number): void {
  const { manifest, model, decision } = run;
  const { training, version } = manifest;
  const isPromoted = decision.action === 'promote';
  process.stdout.write(
    `${backtestTable(model.backtest)}\n` +
      `model ${version}: ${training.series} series, ${learnedFrom(training)}, history to ${training.last_day}\n` +
      `packed ${kilobytes(model.packed.byteLength)}, UBJSON ${kilobytes(model.ubj.byteLength)}\n` +
      `${decisionText(decision, flags.out)}` +
      `${publicationText(run).join('\n')}\n` +
      `published to ${flags.out}, live from ${run.liveFrom}, in ${seconds} s\n` +
      `${isPromoted ? `${howToServe(flags.out)}\n` : ''}`,
  );
  const nothingServed = nothingServedText(run, flags.out);
  if (nothingServed !== null) {
    process.stderr.write(`${nothingServed}\n`);
    process.exitCode = 1;
  }
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...trainingJson(run), notes })}\n`);
}

function learnedFrom({ rows, trees_from }: TrainingRun['manifest']['training']): string {
  return trees_from === undefined ? `${rows} rows` : `exponential smoothing until ${trees_from}`;
}

function trainingJson({ model, manifest, decision, checks }: TrainingRun): Record<string, unknown> {
  const { reasons, champion, action } = decision;
  return {
    ...backtestJson(model.backtest),
    version: manifest.version,
    promoted: action === 'promote',
    champion,
    reasons,
    data_checks: checks.checks,
  };
}

function failedChecksJson({ failed, checks }: FailedChecksError): Record<string, unknown> {
  return { promoted: false, failed_checks: failed, data_checks: checks.checks };
}

function howToServe(out: string): string {
  return isBucket(out)
    ? 'the Worker that is bound to this bucket serves it within a minute'
    : `serve it: npm start -- --dataset ${out}`;
}
