import { randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TrackingRecord, trackingRecordSchema } from '../record/tracking-record.ts';
import { type Progress, progressSchema } from './progress.ts';
import { SpoolError, withFilesOf } from './spool-error.ts';
import { PARTIAL_SUFFIX, writeAtomically } from './write-atomically.ts';

export const RECORD = 'record.json';
const PROGRESS = 'progress.json';
export const FILES = 'files';

/** Something that waits to be sent. Every operation on its files may throw a `SpoolError`. */
export interface SpoolEntry {
  /** Its folder; folders sort by time. */
  readonly name: string;
  /** When it was put in; null for a folder that is named otherwise. */
  readonly since: Date | null;
  readRecord(): Promise<TrackingRecord>;
  readFile(path: string): Promise<Uint8Array>;
  /** How far it has been sent; null where nothing has. */
  readProgress(): Promise<Progress | null>;
  writeProgress(progress: Progress): Promise<void>;
  forgetProgress(): Promise<void>;
  remove(): Promise<void>;
}

/** The folder of a record: it sorts by time. */
export function entryName(key: string, at: Date): string {
  return `${at.toISOString().replaceAll(/[:.-]/g, '')}-${key}`;
}

function timeIn(name: string): Date | null {
  const [, day, hour, minute, second, ms] = /^(\d{8})T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(name) ?? [];
  if (day === undefined) return null;
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  return new Date(`${date}T${hour}:${minute}:${second}.${ms}Z`);
}

/** @param directory of the spool */
export function openEntry(directory: string, name: string): SpoolEntry {
  const folder = join(directory, name);
  return {
    name,
    since: timeIn(name),
    async readRecord() {
      try {
        return trackingRecordSchema.parse(JSON.parse(await readFile(join(folder, RECORD), 'utf8')));
      } catch (cause) {
        const fix = 'written by another release, or damaged: delete the folder to give it up';
        throw new SpoolError(`${join(folder, RECORD)} cannot be read (${fix})`, { cause });
      }
    },
    readFile: (path) => withFilesOf(folder, () => readFile(join(folder, FILES, ...path.split('/')))),
    async readProgress() {
      try {
        return progressSchema.parse(JSON.parse(await readFile(join(folder, PROGRESS), 'utf8')));
      } catch {
        // Without it everything is looked for on the server.
        return null;
      }
    },
    writeProgress: (progress) =>
      withFilesOf(folder, () => writeAtomically(join(folder, PROGRESS), JSON.stringify(progress))),
    forgetProgress: () => withFilesOf(folder, () => rm(join(folder, PROGRESS), { force: true })),
    remove: () =>
      withFilesOf(folder, async () => {
        const partial = `${folder}.${randomUUID()}${PARTIAL_SUFFIX}`;
        await rename(folder, partial);
        await rm(partial, { recursive: true, force: true });
      }),
  };
}
