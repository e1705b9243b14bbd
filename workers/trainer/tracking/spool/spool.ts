import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TrackingRecord, trackingRecordSchema } from '../record/tracking-record.ts';
import { type Progress, progressSchema } from './progress.ts';
import { PARTIAL_SUFFIX, writeAtomically } from './write-atomically.ts';

const RECORD = 'record.json';
const PROGRESS = 'progress.json';
const FILES = 'files';
/** What is older was left by a process that was killed. */
const LEFTOVER_AGE_MS = 24 * 3_600_000;

/** Thrown for a folder of the spool that cannot be read. */
export class SpoolError extends Error {
  override name = 'SpoolError';
}

/** Something that waits to be sent. */
export interface SpoolEntry {
  /** Its folder; folders sort by time. */
  readonly name: string;
  /** @throws {SpoolError} */
  readRecord(): Promise<TrackingRecord>;
  readFile(path: string): Promise<Uint8Array>;
  /** How far it has been sent; null where nothing has. */
  readProgress(): Promise<Progress | null>;
  writeProgress(progress: Progress): Promise<void>;
  forgetProgress(): Promise<void>;
  remove(): Promise<void>;
}

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
  /** Oldest first. */
  list(): Promise<SpoolEntry[]>;
}

/** @param now the time, to tell what a killed process left behind */
export function openSpool(directory: string, now: () => Date): Spool {
  return {
    directory,
    async add(record, at, files = new Map()) {
      const name = `${at.toISOString().replaceAll(/[:.-]/g, '')}-${record.key}`;
      const partial = join(directory, `${name}.${randomUUID()}${PARTIAL_SUFFIX}`);
      try {
        await mkdir(partial, { recursive: true });
        for (const [path, content] of files) {
          const target = join(partial, FILES, ...path.split('/'));
          await mkdir(dirname(target), { recursive: true });
          await writeFile(target, content);
        }
        await writeFile(join(partial, RECORD), JSON.stringify(trackingRecordSchema.parse(record)));
        await rename(partial, join(directory, name));
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
      return name;
    },
    async list() {
      const names = await namesIn(directory);
      await removeLeftovers(directory, names, now().getTime() - LEFTOVER_AGE_MS);
      return names.filter((name) => !name.endsWith(PARTIAL_SUFFIX)).map((name) => openEntry(directory, name));
    },
  };
}

function openEntry(directory: string, name: string): SpoolEntry {
  const folder = join(directory, name);
  return {
    name,
    async readRecord() {
      try {
        return trackingRecordSchema.parse(JSON.parse(await readFile(join(folder, RECORD), 'utf8')));
      } catch (cause) {
        const fix = 'written by another release, or damaged: delete the folder to give it up';
        throw new SpoolError(`${join(folder, RECORD)} cannot be read (${fix})`, { cause });
      }
    },
    readFile: (path) => readFile(join(folder, FILES, ...path.split('/'))),
    async readProgress() {
      try {
        return progressSchema.parse(JSON.parse(await readFile(join(folder, PROGRESS), 'utf8')));
      } catch {
        // Without it everything is looked for on the server.
        return null;
      }
    },
    writeProgress: (progress) => writeAtomically(join(folder, PROGRESS), JSON.stringify(progress)),
    forgetProgress: () => rm(join(folder, PROGRESS), { force: true }),
    async remove() {
      const partial = `${folder}.${randomUUID()}${PARTIAL_SUFFIX}`;
      await rename(folder, partial);
      await rm(partial, { recursive: true, force: true });
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
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function removeLeftovers(directory: string, names: readonly string[], before: number): Promise<void> {
  for (const name of names.filter((name) => name.endsWith(PARTIAL_SUFFIX))) {
    const path = join(directory, name);
    const changedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (changedAt < before) await rm(path, { recursive: true, force: true });
  }
}
