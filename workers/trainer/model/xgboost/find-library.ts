import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { createDirectory } from '../../data/create-directory.ts';
import type { OnNote } from '../../data/notes.ts';
import { type LibraryNames, libraryNamesFor, PINNED_VERSION, WHEEL_HASHES } from './library-names.ts';
import { openXgboost, type Xgboost } from './xgboost.ts';

const CACHE_DIRECTORY = fileURLToPath(new URL('../../../../.cache/xgboost', import.meta.url));

/** Thrown when XGBoost's shared library is not found; the message lists what was tried and how to fix it. */
export class XgboostLibraryError extends UserError {
  override name = 'XgboostLibraryError';
}

export interface LibrarySearch {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Where fetched wheels are kept. */
  readonly cacheDirectory: string;
  /** Called before a download starts. */
  readonly onFetch?: (wheel: string) => void;
}

/**
 * The path of libxgboost: `XGBOOST_LIBRARY`, else the wheel downloaded before, else a system library, else the pinned
 * wheel, which is downloaded now.
 *
 * @throws {XgboostLibraryError}
 */
export async function findLibrary(search: LibrarySearch): Promise<string> {
  const names = libraryNamesFor(search.platform, search.arch);
  const given = search.environment.XGBOOST_LIBRARY;
  if (given) {
    if (existsSync(given)) return given;
    throw new XgboostLibraryError(
      `XGBOOST_LIBRARY is ${given}, but there is no such file: set it to the path of ${names.file}, or unset it`,
    );
  }
  const unpacked = join(search.cacheDirectory, `${names.wheel}-${PINNED_VERSION}`);
  const cached = join(unpacked, 'xgboost', 'lib', names.file);
  for (const path of [cached, ...names.systemPaths]) if (existsSync(path)) return path;

  const requirement = `${names.wheel}==${PINNED_VERSION}`;
  search.onFetch?.(requirement);
  let failure = `the wheel holds no xgboost/lib/${names.file}`;
  try {
    await fetchWheel(names.wheel, unpacked);
    if (existsSync(cached)) return cached;
  } catch (error) {
    failure = messageOf(error);
  }
  throw new XgboostLibraryError(
    [
      `${names.file} was not found. Tried:`,
      '  XGBOOST_LIBRARY: not set',
      ...[cached, ...names.systemPaths].map((path) => `  ${path}: not found`),
      `  pip download ${requirement}: ${failure}`,
      `Install XGBoost (pip install ${requirement}) and set XGBOOST_LIBRARY to its ${names.file}.`,
    ].join('\n'),
  );
}

/** Finds XGBoost's library, or downloads it, and opens it. */
export async function findXgboost(onNote: OnNote): Promise<Xgboost> {
  const path = await findLibrary({
    environment: process.env,
    platform: process.platform,
    arch: process.arch,
    cacheDirectory: CACHE_DIRECTORY,
    onFetch: (wheel) => onNote(`Fetching ${wheel} with pip, once, into ${CACHE_DIRECTORY}.`, 'info'),
  });
  return openXgboost(path);
}

const run = promisify(execFile);
const TIME_LIMIT_MS = 300_000;

/** Thrown when pip cannot download the wheel; the message ends with pip's last lines. */
export class WheelFetchError extends UserError {
  override name = 'WheelFetchError';
}

/**
 * Downloads the pinned wheel with pip and unpacks it to `directory`, which appears complete or not at all. The whole
 * wheel is unpacked: the library finds its OpenMP runtime by a path relative to itself.
 *
 * @param hashes SHA-256 of the wheels that are accepted
 * @throws {WheelFetchError} when no Python is found, pip fails, or the wheel is another one.
 */
export async function fetchWheel(
  wheel: LibraryNames['wheel'],
  directory: string,
  hashes: readonly string[] = WHEEL_HASHES[wheel],
): Promise<void> {
  const python = await findPython();
  await createDirectory(dirname(directory));
  const staging = await mkdtemp(`${directory}.`);
  try {
    const requirement = `${wheel}==${PINNED_VERSION}`;
    const requirements = join(staging, 'requirements.txt');
    await writeFile(
      requirements,
      `${requirement} ${hashes.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`,
    );
    const only = ['--no-deps', '--only-binary=:all:', '--require-hashes'];
    await runPython(python, ['-m', 'pip', 'download', ...only, '-d', staging, '-r', requirements]);
    const file = (await readdir(staging)).find((name) => name.endsWith('.whl'));
    if (!file) throw new WheelFetchError(`pip download ${requirement} left no wheel in ${staging}`);
    const unpacked = join(staging, 'unpacked');
    await runPython(python, ['-m', 'zipfile', '-e', join(staging, file), unpacked]);
    await rm(directory, { recursive: true, force: true });
    await rename(unpacked, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python', 'py']) {
    try {
      await run(name, ['-m', 'pip', '--version'], { timeout: TIME_LIMIT_MS });
      return name;
    } catch {
      // Missing, or without pip: try the next name.
    }
  }
  throw new WheelFetchError('no python3, python or py with pip was found on the PATH');
}

async function runPython(python: string, args: readonly string[]): Promise<void> {
  try {
    await run(python, [...args], { timeout: TIME_LIMIT_MS });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const lastLines = stderr.split('\n').slice(-3).join(' ');
    throw new WheelFetchError(`${python} ${args.join(' ')} failed: ${lastLines}`);
  }
}
