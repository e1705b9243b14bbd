import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

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
