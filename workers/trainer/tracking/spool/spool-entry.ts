import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { ifAbsent } from '../../data/absent-file.ts';
import { type TrackingRecord, trackingRecordSchema } from '../record/tracking-record.ts';

/** Thrown for an entry of the spool whose files cannot be read, written or removed; names the folder and what to do. */
export class SpoolError extends UserError {
  override name = 'SpoolError';
}

/**
 * Does something with the files of an entry.
 *
 * @param folder of the entry
 * @throws {SpoolError} instead of an error of the file system
 */
export async function withFilesOf<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause;
    const reason = messageOf(cause);
    throw new SpoolError(`${folder}: ${reason}; if it stays so, delete the folder to give the entry up`, {
      cause,
    });
  }
}

/** Files and folders still being written, or being removed. */
export const PARTIAL_SUFFIX = '.partial';

/** Writes a file that is there whole or not at all. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  const partial = `${path}.${randomUUID()}${PARTIAL_SUFFIX}`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

/** How far an entry of the spool has been sent. */
export const progressSchema = z.object({
  /** Where to: address, experiment and model. For another target it begins anew. */
  target: z.string(),
  experiment_id: z.string().nullable(),
  /** Part to the run that the server has made for it. */
  runs: z.record(z.string(), z.object({ run_id: z.string(), artifact_uri: z.string() })),
  /** Steps that need not be done again. */
  done: z.array(z.string()),
});
export type Progress = z.infer<typeof progressSchema>;

export function noProgress(target: string): Progress {
  return { target, experiment_id: null, runs: {}, done: [] };
}

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
      const text = await withFilesOf(folder, () =>
        readFile(join(folder, PROGRESS), 'utf8').catch(ifAbsent(null)),
      );
      if (text === null) return null;
      try {
        return progressSchema.parse(JSON.parse(text));
      } catch {
        // Damaged, or of another release: without it everything is looked for on the server.
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
