/**
 * `npm run tracking`: logs what the tracking server lacks.
 *
 * @module
 */

import { Command } from 'commander';
import { UserError } from '../../../shared/errors/user-error.ts';
import type { Environment } from '../data/notes.ts';
import { createStepProgress } from '../data/progress.ts';
import { openPublication } from '../publish/object-store/open-object-store.ts';
import { adoptSpool } from '../tracking/adopt-spool.ts';
import { connect, readConfiguration } from '../tracking/configuration.ts';
import { listMissing, logMissing } from '../tracking/log-missing.ts';
import { loggedText } from '../tracking/tracker.ts';
import { exitOnError } from './exit-on-error.ts';
import { DEFAULT_OUT } from './training-flags.ts';

/** Thrown if something could not be logged. */
export class NotLoggedError extends UserError {
  override name = 'NotLoggedError';
}

interface TrackingFlags {
  readonly in: string;
  readonly dryRun?: true;
  readonly json?: true;
}

export interface TrackingCommandContext {
  readonly environment: Environment;
  readonly print: (text: string) => void;
  readonly onProgress: (step: string, done: number, total: number) => void;
  readonly onNote: (note: string) => void;
}

/** `npm run tracking`: compares publications with the tracking server, and logs what is missing. */
export function createTrackingCommand({
  environment,
  print,
  onProgress,
  onNote,
}: TrackingCommandContext): Command {
  return new Command('npm run tracking --')
    .description(
      'Logs to the MLflow server of MLFLOW_TRACKING_URI what it lacks of the runs of a published directory or bucket: runs, ' +
        'model versions, and which of them is champion. Every training run does the same when it ends.',
    )
    .option(
      '--in <where>',
      'where `npm run train -- --out` published: a directory or r2://BUCKET',
      DEFAULT_OUT,
    )
    .option('--dry-run', 'list missing or incomplete runs, and log nothing')
    .option('--json', 'print one line of JSON')
    .action(async ({ in: where, dryRun, json }: TrackingFlags) => {
      const configuration = readConfiguration(environment);
      const target = connect(configuration);
      const store = await openPublication(where);
      const { baseUrl } = configuration;
      const nothing = `${baseUrl} has every run of ${where}`;
      if (dryRun) {
        const missing = await listMissing(store, target);
        if (json) print(JSON.stringify({ missing }));
        else print(missing.length === 0 ? nothing : `missing or incomplete: ${missing.join(', ')}`);
        return;
      }
      await adoptSpool(store, environment, onNote);
      const outcome = await logMissing(store, target, {
        onNote,
        onProgress: (done, total) => onProgress('MLflow: logging', done, total),
      });
      const { logged, left } = outcome;
      if (json) print(JSON.stringify(outcome));
      else if (logged.length > 0) print(loggedText(outcome, baseUrl));
      else if (left.length === 0) print(nothing);
      if (left.length > 0) {
        const reasons = left.map(({ run, reason }) => `  ${run}: ${reason}`).join('\n');
        throw new NotLoggedError(`${left.length} of ${logged.length + left.length} not logged:\n${reasons}`);
      }
    });
}

const progress = createStepProgress();
const command = createTrackingCommand({
  environment: process.env,
  print: (text) => process.stdout.write(`${text}\n`),
  onProgress: progress.report,
  onNote: (note) => process.stderr.write(`${note}\n`),
});

await exitOnError(command.parseAsync().finally(progress.stop));
