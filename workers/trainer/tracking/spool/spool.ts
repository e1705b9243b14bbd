import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DAY_MS, HOUR_MS } from '../../../../shared/calendar/day-number.ts';
import { hasCode } from '../../data/absent-file.ts';
import { type TrackingRecord, trackingRecordSchema } from '../record/tracking-record.ts';
import {
  entryName,
  FILES,
  openEntry,
  PARTIAL_SUFFIX,
  RECORD,
  type SpoolEntry,
  writeAtomically,
} from './spool-entry.ts';

/** What is older was left by a process that was killed. */
const LEFTOVER_AGE_MS = DAY_MS;

/**
 * What a tracking server has not been told yet, one folder each:
 *
 *     <time>-<version>/record.json     what is to be told
 *     <time>-<version>/files/...       its files
 *     <time>-<version>/progress.json   the ids that the server has given so far, and what is done
 *
 * A folder appears whole and goes whole.
 */
export interface Spool {
  readonly directory: string;
  add(record: TrackingRecord, at: Date, files?: ReadonlyMap<string, Uint8Array | string>): Promise<string>;
  /**
   * Puts another record in the place of an entry's.
   *
   * @returns false where the entry is gone: another process has sent it meanwhile
   */
  rewrite(name: string, record: TrackingRecord): Promise<boolean>;
  /** Oldest first. */
  list(): Promise<SpoolEntry[]>;
}

/** @param now the time, to tell what a killed process left behind */
export function openSpool(directory: string, now: () => Date): Spool {
  return {
    directory,
    async add(record, at, files = new Map()) {
      const name = entryName(record.key, at);
      const partial = join(directory, `${name}.${randomUUID()}${PARTIAL_SUFFIX}`);
      try {
        await mkdir(partial, { recursive: true });
        for (const [path, content] of files) {
          const target = join(partial, FILES, ...path.split('/'));
          await mkdir(dirname(target), { recursive: true });
          await writeFile(target, content);
        }
        await writeFile(join(partial, RECORD), written(record));
        await rename(partial, join(directory, name));
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
      return name;
    },
    async rewrite(name, record) {
      try {
        await writeAtomically(join(directory, name, RECORD), written(record));
        return true;
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return false;
        throw error;
      }
    },
    async list() {
      const names = await namesIn(directory);
      await removeLeftovers(directory, names, now().getTime() - LEFTOVER_AGE_MS);
      return names.filter((name) => !name.endsWith(PARTIAL_SUFFIX)).map((name) => openEntry(directory, name));
    },
  };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function written(record: TrackingRecord): string {
  return JSON.stringify(trackingRecordSchema.parse(record));
}

async function removeLeftovers(directory: string, names: readonly string[], before: number): Promise<void> {
  for (const name of names.filter((name) => name.endsWith(PARTIAL_SUFFIX))) {
    const path = join(directory, name);
    const changedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    // What cannot be removed is no reason not to send; the next listing tries again.
    if (changedAt < before) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** How many entries wait and since when the oldest does: `3 entries wait, the oldest for 4 days`. */
export function waitingText(since: readonly (Date | null)[], now: Date): string {
  const times = since.flatMap((date) => (date === null ? [] : [date.getTime()]));
  const count = since.length === 1 ? '1 entry waits' : `${since.length} entries wait`;
  if (times.length === 0) return count;
  return `${count}, ${since.length === 1 ? '' : 'the oldest '}for ${ageText(now.getTime() - Math.min(...times))}`;
}

function ageText(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS);
  if (hours < 1) return 'less than an hour';
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
