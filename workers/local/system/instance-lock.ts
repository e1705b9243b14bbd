import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';
import { StartError } from '../command-line/start-error.ts';

/** An empty database that is locked while an instance runs, and the note of who holds it. */
export const LOCK_FILES = ['instance.lock', 'instance.json'] as const;
const [LOCK, NOTE] = LOCK_FILES;
export const OPERATOR_SOCKET = 'operator.sock';

/** SQLite's result codes. */
const BUSY = 5;
const NOT_A_DATABASE = 26;

const noteSchema = z.object({ pid: z.int(), operatorSocket: z.string() });

/**
 * Keeps a second instance out of a data directory by SQLite's exclusive lock on a file in it. The operating system
 * holds the lock for the process and releases it at its end, however it ends, so that there is no stale lock, whatever
 * TMPDIR or user the other instance has.
 *
 * @returns a function that releases the directory.
 * @throws {StartError} when a running instance holds the directory, or the lock cannot be written.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, LOCK);
  const note = join(directory, NOTE);
  const database = tryLock(path);
  if (database === null) {
    const holder = await readOwnNote(directory);
    throw new StartError(
      `${directory} is in use by process ${holder?.pid ?? 'that has just started'}.`,
      'End that process, or give this one another directory: npm start -- --data-dir .data/other',
    );
  }
  const own = { pid: process.pid, operatorSocket: operatorSocketOf(directory) };
  await writeNote(note, JSON.stringify(own));
  return async () => {
    await rm(note, { force: true });
    database.close();
  };
}

/** @returns null when another process holds the lock. */
function tryLock(path: string): DatabaseSync | null {
  for (let attempt = 0; ; attempt++) {
    let database: DatabaseSync | null = null;
    try {
      database = new DatabaseSync(path, { timeout: 0 });
      // In memory: a journal beside the lock would be one more file to survive a crash.
      database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      return database;
    } catch (error) {
      database?.close();
      const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
      if (code === BUSY) return null;
      // Damaged, so nobody holds it: a holder would have made it busy. Its content means nothing.
      if (code === NOT_A_DATABASE && attempt === 0) truncateSync(path);
      else throw notWritable(path, error);
    }
  }
}

function notWritable(path: string, cause: unknown): StartError {
  return new StartError(
    `${path} cannot be locked: ${messageOf(cause)}.`,
    'Give a directory that you may write to: npm start -- --data-dir DIRECTORY',
    { cause },
  );
}

/** Where the instance on a data directory answers an operator; null when no instance has left word. */
export async function findOperatorSocket(directory: string): Promise<string | null> {
  return (await readOwnNote(directory))?.operatorSocket ?? null;
}

/** An unreadable note is no note: the lock decides, not what is written about it. */
function readOwnNote(directory: string): Promise<z.infer<typeof noteSchema> | null> {
  return readNote(join(directory, NOTE), noteSchema).catch(() => null);
}

/** Paths of sockets must be short (104 bytes on some systems), those of directories need not be. */
const MAX_SOCKET_PATH = 100;

/** In the data directory where the path is short enough, else in the temporary directory of this process. */
export function operatorSocketOf(directory: string): string {
  const path = realpathSync(directory);
  const name = createHash('sha256').update(path).digest('hex').slice(0, 20);
  if (process.platform === 'win32') return `\\\\.\\pipe\\retail-demand-${name}`;
  const inside = join(path, OPERATOR_SOCKET);
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH) return inside;
  const folder = join(tmpdir(), `retail-demand-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, OPERATOR_SOCKET);
}
