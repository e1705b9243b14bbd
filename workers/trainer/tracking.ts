/**
 * `npm run tracking`: lists and sends the runs that the tracking server has not been told yet.
 *
 * @module
 */
import { exitOnError } from './exit-on-error.ts';
import { createStepProgress } from './report/step-progress.ts';
import { createTrackingCommand } from './tracking/tracking-command.ts';

const progress = createStepProgress();
const command = createTrackingCommand({
  environment: process.env,
  now: () => new Date(),
  print: (text) => process.stdout.write(`${text}\n`),
  onProgress: progress.report,
  onNote: (note) => process.stderr.write(`${note}\n`),
});

await exitOnError(command.parseAsync().finally(progress.stop));
