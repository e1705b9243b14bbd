import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';

/**
 * Which directory this is, by whatever path: a renamed one stays the same, a copy of it is another.
 *
 * @throws the error of the operating system where there is none.
 */
export function identityOf(directory: string): string {
  const { dev, ino } = statSync(directory, { bigint: true });
  return `${dev}:${ino}`;
}

/** Writes a note about the processes that use a directory into that directory. */
export async function writeDirectoryNote(
  directory: string,
  name: string,
  content: Readonly<Record<string, unknown>>,
  mode?: number,
): Promise<void> {
  const note = { directory: identityOf(directory), ...content };
  await writeNote(join(directory, name), JSON.stringify(note), mode);
}

/**
 * Reads such a note.
 *
 * @returns null where there is none, where it is damaged, and where it has come with a copy of another directory: its
 *   processes are not those of this one.
 * @throws the error of the operating system for a file that exists and cannot be read.
 */
export async function readDirectoryNote<T>(
  directory: string,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const owned = z.looseObject({ directory: z.string() });
  const found = await readNote(join(directory, name), owned);
  if (found === null || found.directory !== identityOf(directory)) return null;
  return schema.safeParse(found).data ?? null;
}
