import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CACHE_DIRECTORY = fileURLToPath(new URL('../../../.cache/python', import.meta.url));
const runFile = promisify(execFile);

/**
 * A virtual environment with pinned packages, created once and kept in `.cache/python`. It serves as stand-in (a
 * tracking server, an object store) or oracle of tests and benchmarks; the product itself needs no Python.
 *
 * @param packages as pip takes them, pinned: `['duckdb==1.4.4']`
 * @returns the directory of its programs (`python`, `mlflow`, ...)
 */
export async function ensureVirtualEnvironment(name: string, packages: readonly string[]): Promise<string> {
  // What is imported once is kept compiled, or each start of a server would compile it again.
  delete process.env.PYTHONDONTWRITEBYTECODE;
  const { folder, finished } = placeOf(name, packages);
  if (existsSync(finished)) return join(folder, 'bin');
  // Scripts of a virtual environment hold its path, so it is made in place, by one process at a time.
  const lock = `${folder}.lock`;
  await mkdir(CACHE_DIRECTORY, { recursive: true });
  await takeLock(lock, finished);
  try {
    if (!existsSync(finished)) await install(folder, packages, finished);
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
  return join(folder, 'bin');
}

/**
 * The same for tests: where services are not required (REQUIRE_SERVICES) and it has not been made yet, nothing is
 * downloaded.
 *
 * @returns null where the tests that need it are to be skipped
 */
export async function virtualEnvironmentForTests(
  name: string,
  packages: readonly string[],
): Promise<string | null> {
  const isWanted = process.env.REQUIRE_SERVICES === '1' || existsSync(placeOf(name, packages).finished);
  return isWanted ? ensureVirtualEnvironment(name, packages) : null;
}

function placeOf(name: string, packages: readonly string[]): { folder: string; finished: string } {
  const hash = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 8);
  const folder = join(CACHE_DIRECTORY, `${name}-${hash}`);
  return { folder, finished: join(folder, 'finished') };
}

/** Nothing is compiled ahead: of most packages a test loads a small part. */
async function install(folder: string, packages: readonly string[], marker: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const program = process.env.PYTHON ?? 'python3';
  await runFile(program, ['-m', 'venv', '--without-pip', folder]);
  const pip = await findPip(program, join(folder, 'bin', 'python'));
  const args = [
    ...pip.args,
    'install',
    '--quiet',
    '--no-compile',
    '--disable-pip-version-check',
    ...packages,
  ];
  await runFile(pip.program, args, { maxBuffer: 2 ** 26 });
  await writeFile(`${marker}.part`, `${packages.join('\n')}\n`);
  await rename(`${marker}.part`, marker);
}

/** The pip that the machine has, which takes a quarter of a second; putting one into an environment takes eight. */
async function findPip(program: string, python: string): Promise<{ program: string; args: string[] }> {
  const args = ['-m', 'pip', '--python', python];
  try {
    await runFile(program, [...args, '--version']);
    return { program, args };
  } catch {
    // There is none, or one that cannot install into another environment.
    await runFile(python, ['-m', 'ensurepip', '--default-pip']);
    return { program: python, args: ['-m', 'pip'] };
  }
}

/** Waits for another process that makes the same environment; one that has not finished after ten minutes is dead. */
async function takeLock(lock: string, finished: string): Promise<void> {
  for (let second = 0; ; second++) {
    try {
      await mkdir(lock);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (existsSync(finished)) return;
    if (second >= 600) throw new Error(`${lock} is still there: remove it if nothing is being installed`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
