import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { StartError } from '../command-line/start-error.ts';
import { identityOf, readDirectoryNote, writeDirectoryNote } from '../processes/directory-note.ts';
import { requireSpace } from '../processes/disk-space.ts';
import { findHolderOfRemoved, identifyProcess } from '../processes/find-processes.ts';

/** An empty database that is locked while an instance runs, and the note of who holds it. */
export const LOCK_FILES = ['instance.lock', 'instance.json'] as const;
const [LOCK, NOTE] = LOCK_FILES;
export const OPERATOR_SOCKET = 'operator.sock';

/** SQLite's result codes. */
const BUSY = 5;
const NOT_A_DATABASE = 26;

const noteSchema = z.object({ pid: z.int(), startedAt: z.string(), operatorSocket: z.string() });

export interface DirectoryLock {
  /** Rejects once the directory is gone, or another process holds the lock in it. @throws {StartError} */
  readonly failed: Promise<never>;
  release(): Promise<void>;
}

/** How often the lock file is looked for. */
const WATCH_MS = 1000;
/** Looks in a row that find another process on the lock before this one yields: a start that is refused holds it briefly. */
const MAX_BUSY = 5;

/**
 * Keeps a second instance out of a data directory by SQLite's exclusive lock on a file in it. The operating system
 * holds the lock for the process and releases it at its end, however it ends, so that there is no stale lock, whatever
 * TMPDIR or user the other instance has. A lock file that is removed meanwhile is put back; until then the note, and the
 * removed file that is still open, keep a second instance out.
 *
 * @param onLog receives what happens to the lock file.
 * @throws {StartError} when a running instance uses the directory, the disk is full, or the lock cannot be written.
 */
export async function lockDirectory(
  directory: string,
  onLog: (message: string) => void = () => undefined,
): Promise<DirectoryLock> {
  await requireSpace(directory);
  const path = join(realpathSync(directory), LOCK);
  const identity = identityOf(directory);
  let database = tryLock(path);
  if (database === null) throw inUse(directory, (await readOwnNote(directory))?.pid);
  let held = identityOfFile(path);
  const other = await findHolder(directory, path);
  if (other !== null) {
    database.close();
    throw inUse(directory, other);
  }
  const writeOwnNote = async () => {
    const own = (await identifyProcess(process.pid)) ?? { pid: process.pid, startedAt: '' };
    const operatorSocket = operatorSocketOf(directory);
    await writeDirectoryNote(directory, NOTE, { ...own, operatorSocket });
  };
  await writeOwnNote();

  let busy = 0;
  /** Puts back what was removed. @returns why this process may not go on; null where it may. */
  const keep = async (): Promise<StartError | null> => {
    if (identityOfFile(directory) !== identity) return moved(directory);
    if (identityOfFile(path) !== held) {
      const again = tryLock(path);
      busy = again === null ? busy + 1 : 0;
      if (busy > MAX_BUSY) return taken(path, (await readOwnNote(directory))?.pid);
      if (again === null) return null;
      database?.close();
      database = again;
      held = identityOfFile(path);
      onLog(`${path} was removed while it was locked, and is there again: leave it alone while this runs`);
    }
    if ((await readOwnNote(directory))?.pid !== process.pid) await writeOwnNote();
    return null;
  };
  const failure = Promise.withResolvers<never>();
  // Whoever does not wait for it is not to end by it.
  failure.promise.catch(() => undefined);
  const stopping = new AbortController();
  const { signal } = stopping;
  const watch = async () => {
    for (let complaint = ''; !signal.aborted; ) {
      await wait(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const reason = await keep();
        if (reason !== null) return failure.reject(reason);
        complaint = '';
      } catch (error) {
        // A full disk, for example: the next look may succeed.
        if (messageOf(error) !== complaint) onLog(messageOf(error));
        complaint = messageOf(error);
      }
    }
  };
  const watching = watch();
  return {
    failed: failure.promise,
    release: async () => {
      stopping.abort();
      await watching;
      const note = await readOwnNote(directory).catch(() => null);
      if (note === null || note.pid === process.pid) await rm(join(directory, NOTE), { force: true });
      database?.close();
    },
  };
}

/** Another instance that uses the directory although its lock file is not the one there now; null where there is none. */
async function findHolder(directory: string, path: string): Promise<number | null> {
  const note = await readOwnNote(directory);
  if (note !== null && note.pid !== process.pid) {
    const now = await identifyProcess(note.pid);
    if (now?.startedAt === note.startedAt) return note.pid;
  }
  return findHolderOfRemoved(path);
}

/** Null where there is no such file. */
function identityOfFile(path: string): string | null {
  return existsSync(path) ? identityOf(path) : null;
}

function inUse(directory: string, pid: number | undefined): StartError {
  return new StartError(
    `${directory} is in use by process ${pid ?? 'that has just started'}.`,
    'End that process, or give this one another directory: npm start -- --data-dir .data/other',
  );
}

function moved(directory: string): StartError {
  return new StartError(
    `${directory} was moved, replaced or removed while this process used it.`,
    'Start again on the directory where it is now, or restore it from a backup first.',
  );
}

function taken(path: string, pid: number | undefined): StartError {
  return new StartError(
    `${path} was removed while this process used the directory, and process ${pid ?? 'unknown'} has taken it.`,
    'End all processes that use the directory, then start one: npm run reconcile says whether its sales are right.',
  );
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
  return readDirectoryNote(directory, NOTE, noteSchema).catch(() => null);
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
