/**
 * `npm run ablation`: what each group of features is worth, and what other ways to make a model would be.
 *
 * @module
 */
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { type AblationFlags, createAblationCommand } from './ablation/ablation-flags.ts';
import { ABLATION_GROUPS } from './ablation/feature-groups.ts';
import { runAblation } from './ablation/run-ablation.ts';
import { exitOnError } from './exit-on-error.ts';
import { loadDataset } from './load-dataset.ts';
import { round } from './report/backtest-table.ts';
import { pairedJson, pairedTable } from './report/paired-table.ts';
import { createStepProgress } from './report/step-progress.ts';
import { trainingOptionsOf } from './training-flags.ts';
import { findXgboost } from './xgboost/find-library.ts';

async function ablation(flags: AblationFlags): Promise<void> {
  const startedAt = performance.now();
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const options = await trainingOptionsOf(flags);
  const xgboost = await findXgboost(note);
  const progress = createStepProgress();
  const { dataset, notes } = await loadDataset(flags, toIsoDate(0), progress.report).finally(progress.stop);
  for (const text of notes) note(text);
  const { groups, alternatives } = flags;
  const { model, others, windows } = await runAblation({
    dataset,
    options,
    xgboost,
    groups,
    alternatives,
    onProgress: progress.report,
  }).finally(progress.stop);

  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(
    `${pairedTable({ name: 'model', ...model }, others, windows.length)}\n` +
      `${dataset.panel.series.length} series, ${windows.length} windows, in ${seconds} s. ` +
      'A group pays if the model without it is worse in the mean and in most windows.\n',
  );
  if (flags.json) {
    const told = {
      dataset: dataset.name,
      windows,
      model: { rmsle: round(model.rmsle), wape: round(model.wape) },
      others: pairedJson(others),
      groups: Object.fromEntries(groups.map((group) => [group, ABLATION_GROUPS[group]])),
    };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
}

await exitOnError(createAblationCommand(ablation).parseAsync());
