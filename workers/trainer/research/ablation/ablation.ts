/**
 * `npm run ablation`: the contribution of each group of features, and of alternative models.
 *
 * @module
 */

import { Command, InvalidArgumentError } from 'commander';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { exitOnError } from '../../cli/exit-on-error.ts';
import { addModelOptions, type ModelFlags, trainingOptionsOf } from '../../cli/training-flags.ts';
import { addDataOptions, type DataFlags } from '../../data/import/data-flags.ts';
import { loadDataset } from '../../data/import/load-dataset.ts';
import { createStepProgress } from '../../data/progress.ts';
import { fiveDecimals } from '../../evaluate/backtest-report/format.ts';
import { TRAINING_DEFAULTS } from '../../model/parameters.ts';
import { findXgboost } from '../../model/xgboost/find-library.ts';
import { pairedJson, pairedTable } from '../compare-contenders.ts';
import { ALTERNATIVE_NAMES, ALTERNATIVES } from './alternatives.ts';
import { ABLATION_GROUP_NAMES, ABLATION_GROUPS, type AblationGroup } from './feature-groups.ts';
import { runAblation } from './run-ablation.ts';

/** The options of `npm run ablation`. */
export interface AblationFlags extends DataFlags, ModelFlags {
  readonly groups: readonly AblationGroup[];
  readonly alternatives: readonly string[];
  readonly json?: true;
}

interface GivenFlags extends Omit<AblationFlags, 'timeTravel' | 'groups' | 'alternatives'> {
  readonly groups?: readonly AblationGroup[];
  readonly alternatives?: readonly string[];
}

export function createAblationCommand(run: (flags: AblationFlags) => Promise<void>): Command {
  const command = new Command('npm run ablation --').description(
    'Measures the contribution of each group of features: fits the model with all features and without each group before each of ' +
      `the last windows of ${HORIZON} days, and pairs their errors by window. With --alternatives, it compares other ways to make a model ` +
      'instead. Publishes nothing; dates are not moved.',
  );
  addModelOptions(addDataOptions(command), TRAINING_DEFAULTS.windows, 1)
    .option(
      '--groups <names>',
      `groups to leave out, separated by commas: ${ABLATION_GROUP_NAMES.join(', ')}`,
      (text) => namesIn(text, ABLATION_GROUP_NAMES),
    )
    .option(
      '--alternatives <names>',
      `alternatives to try, separated by commas, or "all"; ${ALTERNATIVES.map(({ name, description }) => `${name}: ${description}`).join('; ')}`,
      (text) => (text === 'all' ? ALTERNATIVE_NAMES : namesIn(text, ALTERNATIVE_NAMES)),
    )
    .option('--json', 'end with one line of JSON: model, windows, others')
    .action(({ groups, alternatives, ...flags }: GivenFlags) =>
      run({
        ...flags,
        timeTravel: false,
        groups: groups ?? (alternatives ? [] : ABLATION_GROUP_NAMES),
        alternatives: alternatives ?? [],
      }),
    );
  return command;
}

function namesIn<Name extends string>(text: string, known: readonly Name[]): Name[] {
  return text.split(',').map((word) => {
    const name = known.find((candidate) => candidate === word.trim());
    if (name === undefined) {
      throw new InvalidArgumentError(`There is no "${word.trim()}"; known: ${known.join(', ')}.`);
    }
    return name;
  });
}

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
      'A group contributes if the model without it is worse in the mean and in most windows.\n',
  );
  if (flags.json) {
    const detail = {
      dataset: dataset.name,
      windows,
      model: { rmsle: fiveDecimals(model.rmsle), wape: fiveDecimals(model.wape) },
      others: pairedJson(others),
      groups: Object.fromEntries(groups.map((group) => [group, ABLATION_GROUPS[group]])),
    };
    process.stdout.write(`${JSON.stringify(detail)}\n`);
  }
}

await exitOnError(createAblationCommand(ablation).parseAsync());
