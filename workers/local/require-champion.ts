import { readPointer } from '../../shared/models/champion-pointer.ts';
import { listModels } from '../../shared/models/list-models.ts';
import { objectKeys } from '../../shared/models/object-keys.ts';
import { createDirectorySink } from '../trainer/publish/directory-object-store.ts';
import { StartError } from './start-error.ts';

/**
 * Makes sure that a directory which `npm run train` wrote has a model in service: the gate may have refused the first.
 *
 * @throws {StartError} saying which model is stored, why it is not in service, and how to put it there
 */
export async function requireChampion(directory: string): Promise<void> {
  const store = createDirectorySink(directory);
  if (await readPointer(store)) return;
  const models = (await listModels(store)).filter(({ state }) => state !== 'incomplete');
  const [newest] = models;
  if (!newest) {
    throw new StartError(
      `${directory} is not a complete publication: ${objectKeys.champion} is missing.`,
      'Run `npm run train -- --out DIR` again; it writes that file last.',
    );
  }
  const reasons = newest.decisions.at(-1)?.reasons ?? [];
  throw new StartError(
    `No model is in service in ${directory}: ${newest.version} is stored, but was not promoted.\n` +
      reasons.map((reason) => `  - ${reason}\n`).join(''),
    'Train a better one, or put it into service all the same:\n' +
      `    npm run models -- promote ${newest.version} --in ${directory}`,
  );
}
