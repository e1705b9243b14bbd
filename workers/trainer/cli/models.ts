/**
 * `npm run models`: lists and shows the models of a published directory, promotes, rolls back and holds.
 *
 * @module
 */

import { createTracker } from '../tracking/tracker.ts';
import { exitOnError } from './exit-on-error.ts';
import { createModelsCommand } from './models-command.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);
const tracker = createTracker({
  environment: process.env,
  now: () => new Date(),
  onProgress: () => undefined,
  onNote: (note) => process.stderr.write(`${note}\n`),
});

await exitOnError(createModelsCommand(new Date(), print, tracker).parseAsync());
