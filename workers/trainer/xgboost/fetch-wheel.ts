import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PINNED_VERSION } from './library-names.ts';

const run = promisify(execFile);
const TIME_LIMIT_MS = 300_000;

/** Thrown when pip cannot get the wheel; the message carries pip's own last words. */
export class WheelFetchError extends Error {
  override name = 'WheelFetchError';
}

/**
 * Downloads the pinned wheel with pip and unpacks it to `directory`, which appears whole or not at all. The whole
 * wheel is unpacked: the library finds its OpenMP runtime by a path relative to itself.
 *
 * @throws {WheelFetchError} when no Python is found or pip fails.
 */
export async function fetchWheel(wheel: string, directory: string): Promise<void> {
  const python = await findPython();
  await mkdir(dirname(directory), { recursive: true });
  const staging = await mkdtemp(`${directory}.`);
  try {
    const requirement = `${wheel}==${PINNED_VERSION}`;
    await runPython(python, [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '-d',
      staging,
      requirement,
    ]);
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
      // Not here, or without pip: the next name may do.
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
