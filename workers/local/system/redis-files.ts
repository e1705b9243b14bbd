import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ifAbsent } from '../../trainer/data/absent-file.ts';
import { readNote, unfinishedName, writeNote } from '../../trainer/data/note-file.ts';
import { LEFTOVER_FILE } from '../redis-bridge/redis-process.ts';
import { changedSince, checksumOf, checksumsSchema } from './state-files.ts';

/** SHA-256 of every file of redis-server after a clean stop, by its path below its directory. */
export const REDIS_CHECKSUMS = 'checksums.json';
/** Our own notes, which may change at any time. */
const NOTES: ReadonlySet<string> = new Set(
  [REDIS_CHECKSUMS, LEFTOVER_FILE].flatMap((name) => [name, unfinishedName(name)]),
);

/**
 * Checks the files of redis-server before it opens them, by what they were after a clean stop: it reads a changed value
 * like any other. A missing file shows by the sales that are missing. Call it once per start.
 *
 * @throws {StartError} naming the file.
 */
export async function checkRedisFiles(directory: string): Promise<void> {
  const note = join(directory, REDIS_CHECKSUMS);
  for (const [name, expected] of Object.entries((await readNote(note, checksumsSchema)) ?? {})) {
    if (NOTES.has(name)) continue;
    const path = join(directory, name);
    const found = await checksumOf(path).catch(ifAbsent(expected));
    if (found !== expected) throw changedSince(path, note);
  }
  await rm(note, { force: true });
}

/** Notes the checksums once redis-server has ended cleanly. */
export async function noteRedisFiles(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const checksums: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    if (!NOTES.has(name)) checksums[name] = await checksumOf(path);
  }
  await writeNote(join(directory, REDIS_CHECKSUMS), JSON.stringify(checksums));
}
