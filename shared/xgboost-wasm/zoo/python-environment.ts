import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface PythonEnvironment {
  readonly python: string;
  /** What a process of this Python needs to find the current XGBoost. */
  readonly env: NodeJS.ProcessEnv;
}

/** Environments and what they make; XGBOOST_WASM_CACHE names another place. */
export const CACHE_FOLDER =
  process.env.XGBOOST_WASM_CACHE ?? fileURLToPath(new URL('../../../.cache/xgboost-wasm', import.meta.url));

const runFile = promisify(execFile);

/** Standard output of a program; its complaints are in the error when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return (await runFile(program, args, { encoding: 'utf8', env, maxBuffer: 2 ** 26 })).stdout;
}

/**
 * The newest release may want a newer Python than the machine has; its wheel holds a library and plain Python that run
 * on 3.11 too, so it is unpacked beside.
 *
 * @returns the folder of the unpacked wheel
 */
async function unpackNewest(python: string, folder: string): Promise<string> {
  const unpacked = join(folder, 'xgboost-current');
  const only = ['--python-version', '3.12', '--only-binary=:all:', '--no-deps'];
  await run(python, ['-m', 'pip', 'download', '-q', ...only, '-d', folder, 'xgboost-cpu']);
  const wheel = (await readdir(folder)).find(
    (name) => name.startsWith('xgboost_cpu-') && name.endsWith('.whl'),
  );
  if (wheel === undefined) throw new Error('pip has downloaded no wheel of xgboost-cpu');
  await run(python, ['-m', 'zipfile', '-e', join(folder, wheel), unpacked]);
  return unpacked;
}

/**
 * A virtual environment with the current xgboost-cpu, made on first use (Python 3.11 or newer with venv and pip).
 *
 * @param extra further packages that this environment gets, pinned
 */
export async function ensurePython(
  name: string,
  extra: readonly string[] = [],
  cache = CACHE_FOLDER,
): Promise<PythonEnvironment> {
  const folder = join(cache, name);
  const python = join(folder, 'venv', 'bin', 'python');
  const unpacked = join(folder, 'xgboost-current');
  const finished = join(folder, 'finished');
  if (!existsSync(finished)) {
    // What an interrupted run has left behind is of no use.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', join(folder, 'venv')]);
    await run(python, ['-m', 'pip', 'install', '-q', 'xgboost-cpu', 'numpy', 'scipy', ...extra]);
    const recent = await run(python, ['-c', 'import sys; print(sys.version_info >= (3, 12))']);
    if (recent.trim() !== 'True') await unpackNewest(python, folder);
    await writeFile(finished, '');
  }
  return existsSync(unpacked)
    ? { python, env: { ...process.env, PYTHONPATH: unpacked } }
    : { python, env: process.env };
}
