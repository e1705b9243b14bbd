/**
 * `npm run tracking`: lists and sends the runs that the tracking server has not been told yet.
 *
 * @module
 */

import Table from 'cli-table3';
import { Command } from 'commander';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { UserError } from '../../../shared/errors/user-error.ts';
import type { Environment } from '../data/notes.ts';
import { createStepProgress } from '../data/progress.ts';
import { connect, readConfiguration, spoolDirectory } from '../tracking/configuration.ts';
import { sendSpool } from '../tracking/send/send-spool.ts';
import { openSpool, waitingText } from '../tracking/spool/spool.ts';
import type { SpoolEntry } from '../tracking/spool/spool-entry.ts';
import { sentNote } from '../tracking/tracker.ts';
import { exitOnError } from './exit-on-error.ts';

/** Thrown when something that was to be sent has not been. */
export class NotSentError extends UserError {
  override name = 'NotSentError';
}

interface TrackingFlags {
  readonly spool: string;
  readonly json?: true;
}

export interface TrackingCommandContext {
  readonly environment: Environment;
  readonly now: () => Date;
  readonly print: (text: string) => void;
  readonly onProgress: (step: string, done: number, total: number) => void;
  readonly onNote: (note: string) => void;
}

/** `npm run tracking`: what waits for the tracking server, and sending it. */
export function createTrackingCommand(context: TrackingCommandContext): Command {
  const { environment, now, print, onNote } = context;
  const command = new Command('npm run tracking --').description(
    'Runs that the MLflow server of MLFLOW_TRACKING_URI has not been told yet, because it was away.',
  );
  const addAction = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option('--spool <dir>', 'directory in which runs wait', spoolDirectory(environment))
      .option('--json', 'print one line of JSON');

  addAction('list', 'list what waits, oldest first').action(async ({ spool, json }: TrackingFlags) => {
    const entries = await Promise.all((await openSpool(spool, now).list()).map(describeEntry));
    if (json) print(JSON.stringify(entries));
    else if (entries.length === 0) print(`nothing waits in ${spool}`);
    else {
      const table = new Table({ head: ['entry', 'what', 'sent so far'], style: { head: [], border: [] } });
      table.push(...entries.map(({ name, what, steps }) => [name, what, `${steps} steps`]));
      print(
        `${table.toString()}\n${waitingText(
          entries.map(({ since }) => since),
          now(),
        )}`,
      );
    }
  });
  addAction('send', 'send what waits').action(async ({ spool, json }: TrackingFlags) => {
    const configuration = readConfiguration(environment);
    const outcome = await sendSpool(openSpool(spool, now), connect(configuration), {
      now,
      onNote,
      onProgress: (done, total) => context.onProgress('MLflow: sending', done, total),
    });
    const { sent, left } = outcome;
    if (json) print(JSON.stringify(outcome));
    else if (sent.length > 0) print(sentNote(outcome, configuration.baseUrl));
    else if (left.length === 0) print(`nothing waits in ${spool}`);
    if (left.length > 0) {
      throw new NotSentError(
        `${left.length} of ${sent.length + left.length} not sent, kept in ${spool}:\n` +
          left.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n'),
      );
    }
  });
  return command;
}

async function describeEntry(entry: SpoolEntry) {
  const steps = (await entry.readProgress())?.done.length ?? 0;
  const what = await entry
    .readRecord()
    .then(
      ({ kind, key }) => (kind === 'training' ? `training run of ${key}` : `${key} put into service by hand`),
      messageOf,
    );
  return { name: entry.name, since: entry.since, what, steps };
}

const progress = createStepProgress();
const command = createTrackingCommand({
  environment: process.env,
  now: () => new Date(),
  print: (text) => process.stdout.write(`${text}\n`),
  onProgress: progress.report,
  onNote: (note) => process.stderr.write(`${note}\n`),
});

await exitOnError(command.parseAsync().finally(progress.stop));
