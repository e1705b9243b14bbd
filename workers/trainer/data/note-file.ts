import { readFile, rename, writeFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ifAbsent } from './absent-file.ts';

/** The name under which a note is written before it takes its place; left behind by a process that is killed then. */
export function unfinishedName(path: string): string {
  return `${path}.new`;
}

/**
 * Writes what a later process is to know, as a whole: neither a reader nor a power cut finds half of it. For one writer at
 * a time.
 *
 * @param mode permissions of the file, such as 0o600 for one that holds a secret
 */
export async function writeNote(path: string, content: string, mode?: number): Promise<void> {
  const unfinished = unfinishedName(path);
  // On the disk before the name is: else a power cut may leave the name of an empty file.
  await writeFile(unfinished, content, { flush: true, ...(mode === undefined ? {} : { mode }) });
  await rename(unfinished, path);
}

/**
 * Reads what an earlier process has written down as JSON. A damaged note is no note: a power cut can leave one.
 *
 * @returns null where there is none.
 * @throws the error of the operating system for a file that exists and cannot be read.
 */
export async function readNote<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(ifAbsent(null));
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
