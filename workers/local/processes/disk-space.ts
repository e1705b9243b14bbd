import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../../trainer/data/absent-file.ts';
import { StartError } from '../command-line/start-error.ts';

/** Free bytes below which no database opens, and redis-server cannot append and ends. */
const LEAST_SPACE = 1_000_000;
/** SQLite's result code. */
const FULL = 13;

/** Whether something can be written in a directory, or in the one in which it will be made. */
export async function hasSpace(directory: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize >= LEAST_SPACE;
  } catch (error) {
    if (hasCode(error, 'ENOENT') && dirname(directory) !== directory) return hasSpace(dirname(directory));
    throw error;
  }
}

/** @throws {StartError} where nothing can be written: databases that cannot be opened look damaged then. */
export async function requireSpace(directory: string): Promise<void> {
  if (await hasSpace(directory)) return;
  throw new StartError(
    `The disk of ${directory} is full.`,
    'Free some space, then start again with the same --data-dir: nothing that was accepted is lost.',
  );
}

/**
 * Does what the next start can do without.
 *
 * @returns false where the disk is full and it could not be done.
 * @throws any other error of it.
 */
export async function unlessDiskIsFull(directory: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const saysSo = hasCode(error, 'ENOSPC', 'EDQUOT') || sqliteCodeOf(error) === FULL;
    if (saysSo || !(await hasSpace(directory))) return false;
    throw error;
  }
}

function sqliteCodeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null;
}
