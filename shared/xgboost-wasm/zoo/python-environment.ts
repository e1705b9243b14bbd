import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface PythonEnvironment {
  readonly python: string;
  /** The environment variables with which this Python finds the current XGBoost. */
  readonly env: NodeJS.ProcessEnv;
}

/** Directory of environments and their output; XGBOOST_WASM_CACHE names another one. */
export const CACHE_FOLDER =
  process.env.XGBOOST_WASM_CACHE ?? fileURLToPath(new URL('../../../.cache/xgboost-wasm', import.meta.url));

const runFile = promisify(execFile);

/** Standard output of a program; if it fails, the error contains its standard error. */
export async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return (await runFile(program, args, { encoding: 'utf8', env, maxBuffer: 2 ** 26 })).stdout;
}

/**
 * The newest release may require a newer Python than the machine has. Its wheel holds a library and plain Python code
 * that run on 3.11 too, so it is unpacked separately.
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
 * A virtual environment with the current xgboost-cpu, created on first use (Python 3.11 or newer with venv and pip).
 *
 * @param extra additional pinned packages
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
    // Leftovers of an interrupted run are useless.
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
