import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { ifAbsent } from '../../trainer/data/absent-file.ts';
import { StartError } from '../command-line/start-error.ts';
import { STATE } from './leftover-runtime.ts';

/** Files of workerd below a data directory that are SQLite databases: sales, objects, runs. */
async function databasesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(join(directory, STATE), { recursive: true, withFileTypes: true }).catch(
    ifAbsent([]),
  );
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sqlite'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Checks the structure of every database before workerd opens it: a damaged file would fail in the middle of a run.
 *
 * @throws {StartError} naming the file.
 */
export async function checkStateFiles(directory: string): Promise<void> {
  for (const path of await databasesBelow(directory)) {
    const damage = findDamage(path);
    if (damage === null) continue;
    throw new StartError(
      `${path} is damaged: ${damage}.`,
      'Restore the file from a backup, or start over with --reset, which removes all sales of this directory.',
    );
  }
}

function findDamage(path: string): string | null {
  try {
    using database = new DatabaseSync(path);
    const rows = database.prepare('PRAGMA quick_check(1)').all();
    const found = String(Object.values(rows[0] ?? {})[0] ?? 'no answer');
    return found === 'ok' ? null : found.replace(/\s+/g, ' ');
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Moves what is in write-ahead logs into the databases, once workerd has ended: a copy of a file without its log is
 * complete then.
 */
export async function checkpointStateFiles(directory: string): Promise<void> {
  for (const path of await databasesBelow(directory)) {
    using database = new DatabaseSync(path);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
}
