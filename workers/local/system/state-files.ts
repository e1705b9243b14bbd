import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { ifAbsent } from '../../trainer/data/absent-file.ts';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';
import { StartError } from '../command-line/start-error.ts';
import { STATE } from './leftover-runtime.ts';

/** SHA-256 of every database after a clean stop, by its path below the data directory. */
export const CHECKSUMS = 'state-checksums.json';
export const checksumsSchema = z.record(z.string(), z.string());

/** What to do about a file that cannot be trusted. */
const FIX =
  'Restore the file from a backup, or start over with --reset, which removes all sales of this directory.';

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
 * Checks every database before workerd opens it: by its checksum after a clean stop, which notices every changed byte,
 * and by its structure after any other. Call it once per start: the checksums hold until workerd writes again.
 *
 * @throws {StartError} naming the file.
 */
export async function checkStateFiles(directory: string): Promise<void> {
  // Without checksums the structure alone is checked.
  const checksums = (await readNote(join(directory, CHECKSUMS), checksumsSchema)) ?? {};
  for (const path of await databasesBelow(directory)) {
    const expected = checksums[relative(directory, path)];
    if (expected !== undefined && expected === (await checksumOf(path))) continue;
    const damage = findDamage(path);
    if (damage !== null) throw new StartError(`${path} is damaged: ${damage}.`, FIX);
    if (expected !== undefined) throw changedSince(path, join(directory, CHECKSUMS));
  }
  await rm(join(directory, CHECKSUMS), { force: true });
}

/** @param note the file with the checksum that does not fit. */
export function changedSince(path: string, note: string): StartError {
  const message = `${path} is not as the last stop left it: it was changed, damaged, or replaced by an older copy.`;
  return new StartError(message, `${FIX} To use it as it is, delete ${note}.`);
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
 * Moves what is in write-ahead logs into the databases, once workerd has ended, and notes their checksums: a copy of a
 * file without its log is complete then.
 */
export async function checkpointStateFiles(directory: string): Promise<void> {
  const checksums: Record<string, string> = {};
  for (const path of await databasesBelow(directory)) {
    const database = new DatabaseSync(path);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    checksums[relative(directory, path)] = await checksumOf(path);
  }
  await writeNote(join(directory, CHECKSUMS), JSON.stringify(checksums));
}

export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
