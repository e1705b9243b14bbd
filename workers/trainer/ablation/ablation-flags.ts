import { Command, InvalidArgumentError } from 'commander';
import { addDataOptions, type DataFlags } from '../data-flags.ts';
import { addModelOptions, type ModelFlags } from '../training-flags.ts';
import { ALTERNATIVE_NAMES, ALTERNATIVES } from './alternatives.ts';
import { ABLATION_GROUP_NAMES, type AblationGroup } from './feature-groups.ts';

/** What `npm run ablation` was asked to do. */
export interface AblationFlags extends DataFlags, ModelFlags {
  readonly groups: readonly AblationGroup[];
  readonly alternatives: readonly string[];
  readonly json?: true;
}

interface GivenFlags extends Omit<AblationFlags, 'timeTravel' | 'groups' | 'alternatives'> {
  readonly groups?: readonly AblationGroup[];
  readonly alternatives?: readonly string[];
}

const DEFAULT_WINDOWS = 8;

export function createAblationCommand(run: (flags: AblationFlags) => Promise<void>): Command {
  const command = new Command('npm run ablation --').description(
    'Says what each group of features is worth: fits the model with all features and without each group before each of ' +
      'the last windows of 16 days, and pairs their errors by window. With --alternatives, other ways to make a model ' +
      'instead. Publishes nothing; dates are left as they are.',
  );
  addModelOptions(addDataOptions(command), DEFAULT_WINDOWS, 1)
    .option(
      '--groups <names>',
      `groups to leave out, by commas: ${ABLATION_GROUP_NAMES.join(', ')}`,
      (text) => namesIn(text, ABLATION_GROUP_NAMES),
    )
    .option(
      '--alternatives <names>',
      `alternatives to try, by commas, or "all"; ${ALTERNATIVES.map(({ name, description }) => `${name}: ${description}`).join('; ')}`,
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
