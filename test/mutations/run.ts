/**
 * Plants mistakes in the code, one at a time, in a temporary worktree of HEAD, and runs the tests that must fail
 * because of each. The exit code is 1 when one survives, or when its text no longer occurs in its file exactly once.
 *
 *   npm run test:mutations -- --only business-day-in-utc,transferred-holiday
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { MUTATIONS, type PlantedMutation } from './mutations.ts';
import { StaleMutationError, withMutation } from './plant-mutation.ts';
import { runTests } from './run-tests.ts';
import { isDirty, withWorktree } from './temporary-worktree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

function parseNames(text: string): string[] {
  const names = text.split(',');
  const unknown = names.filter((wanted) => !MUTATIONS.some(({ name }) => name === wanted));
  if (unknown.length === 0) return names;
  throw new InvalidArgumentError(`There is no mutation ${unknown.join(', ')}; --list names all.`);
}

const command = new Command('npm run test:mutations --')
  .description('Plants mistakes in the code, one at a time; the tests must fail because of each.')
  .option('--only <names>', 'only these, separated by commas', parseNames)
  .option('--list', 'print the mutations and run nothing')
  .option('--allow-dirty', 'run although the working tree has changes; they are not part of what is tested')
  .parse(process.argv);
const options = command.opts<{ only?: readonly string[]; list?: true; allowDirty?: true }>();
const mutations = MUTATIONS.filter(({ name }) => !options.only || options.only.includes(name));

/** @returns whether the tests pass without a mutation: otherwise their failures prove nothing. */
async function passUnchanged(checkout: string): Promise<boolean> {
  const files = [...new Set(mutations.flatMap(({ killedBy }) => killedBy))];
  say(`without a mutation: ${files.length} test files ...`);
  const { passed, failedTest, problem, seconds } = await runTests(checkout, files);
  if (failedTest === null && problem === null && passed > 0) {
    say(`without a mutation: ${passed} tests pass, ${seconds} s`);
    return true;
  }
  say(`without a mutation: ${failedTest ?? problem ?? 'no test was run'}; repair this first`);
  return false;
}

/** @returns whether a test failed because of the mutation. */
async function isKilled(checkout: string, mutation: PlantedMutation, place: string): Promise<boolean> {
  try {
    const run = await withMutation(checkout, mutation, () => runTests(checkout, mutation.killedBy));
    const { failedTest, problem, seconds } = run;
    if (failedTest !== null) {
      say(`${place} killed    ${mutation.name}, ${seconds} s: ${failedTest}`);
      return true;
    }
    if (problem === null) say(`${place} SURVIVED  ${mutation.name}, ${seconds} s: ${mutation.about}`);
    else say(`${place} BROKEN    ${mutation.name}, ${seconds} s: ${problem}`);
  } catch (error) {
    if (!(error instanceof StaleMutationError)) throw error;
    say(`${place} STALE     ${error.message}`);
  }
  return false;
}

async function runAll(checkout: string): Promise<number> {
  if (!(await passUnchanged(checkout))) return 0;
  let killed = 0;
  for (const [index, mutation] of mutations.entries()) {
    if (interrupted) break;
    const place = `${String(index + 1).padStart(2)}/${mutations.length}`;
    if (await isKilled(checkout, mutation, place)) killed++;
  }
  return killed;
}

let interrupted = false;

if (options.list) {
  for (const { name, about, file, killedBy } of mutations) {
    say(`${name}\n  ${about}\n  ${file}\n${killedBy.map((test) => `  killed by ${test}\n`).join('')}`);
  }
} else {
  if (isDirty(ROOT) && !options.allowDirty) {
    command.error(
      'error: the working tree has changes, and mutations are planted in HEAD: commit them first',
    );
  }
  // The worktree is removed before the process ends.
  process.on('SIGINT', () => {
    interrupted = true;
  });
  const start = performance.now();
  const killed = await withWorktree(ROOT, runAll);
  const seconds = Math.round((performance.now() - start) / 1000);
  say(`finished after ${seconds} s`);
  say(`${killed} of ${mutations.length} killed`);
  process.exitCode = killed === mutations.length ? 0 : 1;
}
