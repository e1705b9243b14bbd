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
  const { folder, installed, finished } = placeOf(name, packages);
  if (existsSync(finished)) return join(folder, 'bin');
  // Scripts of a virtual environment hold its path, so it is made in place, by one process at a time.
  const lock = `${folder}.lock`;
  await mkdir(CACHE_DIRECTORY, { recursive: true });
  await takeLock(lock, finished);
  try {
    if (existsSync(finished)) return join(folder, 'bin');
    if (!existsSync(installed)) await install(folder, packages, installed);
    await compile(folder);
    await writeFile(finished, '');
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
  const isWanted = process.env.REQUIRE_SERVICES === '1' || existsSync(placeOf(name, packages).installed);
  return isWanted ? ensureVirtualEnvironment(name, packages) : null;
}

function placeOf(
  name: string,
  packages: readonly string[],
): { folder: string; installed: string; finished: string } {
  const hash = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 8);
  const folder = join(CACHE_DIRECTORY, `${name}-${hash}`);
  return { folder, installed: join(folder, 'finished'), finished: join(folder, 'compiled') };
}

async function install(folder: string, packages: readonly string[], marker: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await runFile(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  await runFile(join(folder, 'bin', 'python'), args, { maxBuffer: 2 ** 26 });
  await writeFile(`${marker}.part`, `${packages.join('\n')}\n`);
  await rename(`${marker}.part`, marker);
}

/**
 * Where PYTHONDONTWRITEBYTECODE is set, neither pip nor Python keeps what it compiles, and each start of a server takes as
 * long again. Some packages ship templates that are no Python: those stay as they are.
 */
async function compile(folder: string): Promise<void> {
  const args = ['-m', 'compileall', '-q', '-q', '-j', '0', '-x', '/tests?/', join(folder, 'lib')];
  await runFile(join(folder, 'bin', 'python'), args, { maxBuffer: 2 ** 26 }).catch(() => undefined);
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
