/**
 * `npm run retrain`: the nightly run, `npm run train` configured by environment variables. The workflow
 * `.github/workflows/retrain.yml` and its dry run, `npm run retrain:local`, both run exactly this.
 *
 * @module
 */

import { failureSummary } from '../report/training-summary.ts';
import { NIGHTLY_LOGGING_TIME_MS } from '../tracking/tracker.ts';
import { exitOnError } from './exit-on-error.ts';
import { RETRAIN_VARIABLES, retrainArguments } from './retrain-settings.ts';
import { appendSummary, train } from './train-command.ts';
import { createTrainingCommand, type TrainingFlags } from './training-flags.ts';

async function retrain(): Promise<void> {
  // A missing secret of a repository arrives as an empty string.
  for (const name of Object.keys(RETRAIN_VARIABLES)) if (process.env[name] === '') delete process.env[name];
  let args: string[];
  try {
    args = retrainArguments(process.env, process.argv.slice(2));
  } catch (error) {
    await appendSummary(
      process.env.GITHUB_STEP_SUMMARY,
      failureSummary(error, 'Nothing has started; what is in service is unchanged.'),
    );
    throw error;
  }
  const trainByNight = (flags: TrainingFlags) => train(flags, { loggingTimeMs: NIGHTLY_LOGGING_TIME_MS });
  await createTrainingCommand(trainByNight, 'npm run retrain --').parseAsync(args, { from: 'user' });
}

await exitOnError(retrain());
