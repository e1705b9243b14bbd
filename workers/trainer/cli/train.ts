/**
 * `npm run train`: from sales to a published model, with a backtest.
 *
 * @module
 */
import { exitOnError } from './exit-on-error.ts';
import { train } from './train-command.ts';
import { createTrainingCommand } from './training-flags.ts';

await exitOnError(createTrainingCommand(train).parseAsync());
