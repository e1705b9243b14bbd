/**
 * `npm run models`: lists and shows the models of a published directory, promotes and rolls back.
 *
 * @module
 */
import { exitOnError } from './exit-on-error.ts';
import { createModelsCommand } from './models/models-command.ts';

await exitOnError(createModelsCommand(new Date(), (text) => process.stdout.write(`${text}\n`)).parseAsync());
