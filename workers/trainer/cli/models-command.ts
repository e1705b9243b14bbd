import { Command, InvalidArgumentError, Option } from 'commander';
import { listModels, showModel } from '../../../shared/artifacts/list-models.ts';
import { FEATURE_CONTRACT } from '../../../shared/artifacts/load-model.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import {
  type ChampionChange,
  holdByHand,
  promoteByHand,
  ROLLBACK_PARTS,
  type RollbackPart,
  releaseByHand,
  rollBackByHand,
} from '../publish/change-champion.ts';
import { listPublications } from '../publish/list-publications.ts';
import { openPublication } from '../publish/object-store/open-object-store.ts';
import { planPruning, pruneModels } from '../publish/prune-models.ts';
import { addPruneOptions, type PruneFlags, pruneRulesOf } from '../publish/prune-store.ts';
import {
  changeJson,
  changeText,
  holdJson,
  holdText,
  modelJson,
  modelTable,
  modelText,
  pruneJson,
  pruneText,
  publicationJson,
  publicationTable,
} from '../report/models-text.ts';
import type { Tracker } from '../tracking/tracker.ts';
import { DEFAULT_OUT } from './training-flags.ts';

interface ModelsFlags {
  readonly in: string;
  readonly json?: true;
}

interface ChangeFlags extends ModelsFlags {
  readonly reason?: string;
}

interface RollbackFlags extends ChangeFlags {
  readonly part: RollbackPart;
  readonly to?: string;
  readonly hold?: true;
}

/**
 * `npm run models`: shows what is stored and in service, and changes it by hand.
 *
 * @param tracker logs every change
 */
export function createModelsCommand(
  now: Date,
  print: (text: string) => void,
  tracker?: Pick<Tracker, 'logMissing'>,
): Command {
  const command = new Command('npm run models --').description(
    'The models of a published directory or bucket: which are stored, which is in service, and why.',
  );
  const addAction = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option(
        '--in <where>',
        'where `npm run train -- --out` published: a directory or r2://BUCKET',
        DEFAULT_OUT,
      )
      .option('--json', 'print one line of JSON');
  const addChange = (name: string, description: string) =>
    addAction(name, description).option('--reason <text>', 'the reason, recorded with the decision', reason);
  const printChange = async (change: ChampionChange, store: ObjectStore, isJson: true | undefined) => {
    print(isJson ? JSON.stringify(changeJson(change)) : changeText(change));
    if (change.from !== change.champion.version) await tracker?.logMissing(store);
  };

  addAction('list', 'list every model, newest first').action(async (flags: ModelsFlags) => {
    const entries = await listModels(await openPublication(flags.in));
    if (flags.json) print(JSON.stringify(entries.map(modelJson)));
    else print(entries.length === 0 ? `${flags.in} has no models` : modelTable(entries));
  });
  addAction('show [version]', 'show a model (default: the champion) and every decision about it').action(
    async (version: string | undefined, flags: ModelsFlags) => {
      const store = await openPublication(flags.in);
      const entry = await showModel(store, version);
      print(flags.json ? JSON.stringify(modelJson(entry)) : modelText(entry));
    },
  );
  addChange('promote <version>', 'put a stored model into service regardless of the gate').action(
    async (version: string, flags: ChangeFlags) => {
      const store = await openPublication(flags.in);
      const hand = { at: now, reason: flags.reason };
      await printChange(await promoteByHand(store, version, FEATURE_CONTRACT, hand), store, flags.json);
    },
  );
  addAction('publications', 'list what is in service and what can be rolled back to, newest first').action(
    async (flags: ModelsFlags) => {
      const entries = await listPublications(await openPublication(flags.in));
      if (flags.json) print(JSON.stringify(entries.map(publicationJson)));
      else print(entries.length === 0 ? `nothing is in service in ${flags.in}` : publicationTable(entries));
    },
  );
  addChange(
    'rollback',
    'roll back to the previous champion, to earlier data, or to a whole earlier publication',
  )
    .addOption(
      new Option(
        '--part <part>',
        'model: an earlier champion with the data in service; data: earlier data with the champion; both: an earlier publication',
      )
        .choices(ROLLBACK_PARTS)
        .default('model'),
    )
    .option('--to <what>', 'a version, or for data and both a publication, instead of the previous one')
    .option('--hold', 'and keep training runs from replacing it, until `release`')
    .action(async ({ part, to, hold, ...flags }: RollbackFlags) => {
      const store = await openPublication(flags.in);
      const hand = { at: now, reason: flags.reason };
      const back = { part, to, isHeld: hold ?? false };
      await printChange(await rollBackByHand(store, back, FEATURE_CONTRACT, hand), store, flags.json);
    });
  addChange('hold', 'keep training runs from replacing the champion, until `release`').action(
    async (flags: ChangeFlags) => {
      const change = await holdByHand(await openPublication(flags.in), { at: now, reason: flags.reason });
      print(flags.json ? JSON.stringify(holdJson(change)) : holdText(change));
    },
  );
  addChange('release', 'let training runs replace the champion again').action(async (flags: ChangeFlags) => {
    const change = await releaseByHand(await openPublication(flags.in), { at: now, reason: flags.reason });
    print(flags.json ? JSON.stringify(holdJson(change)) : holdText(change));
  });
  addPruneOptions(
    addAction('prune', 'remove old models and batch forecasts by rule, never what may be served'),
  )
    .option('--dry-run', 'list what would be removed, and remove nothing')
    .action(async (flags: ModelsFlags & PruneFlags & { readonly dryRun?: true }) => {
      const store = await openPublication(flags.in);
      const plan = await planPruning(store, pruneRulesOf(flags), now);
      const removed = flags.dryRun
        ? plan.removed.map(({ version }) => version)
        : await pruneModels(store, plan);
      print(flags.json ? JSON.stringify(pruneJson(plan, removed)) : pruneText(plan, removed, flags.dryRun));
    });
  return command;
}

function reason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write a reason, or omit the option.');
  return text.trim();
}
