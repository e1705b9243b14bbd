import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './absent-file.ts';

/**
 * Creates a directory and what is missing above it. Node's own recursive mkdir never returns where the system answers
 * ENOENT for good, as below /proc.
 *
 * @throws the error of the operating system, also where a file of that name exists.
 */
export async function createDirectory(directory: string): Promise<void> {
  try {
    await createOne(directory);
  } catch (error) {
    const parent = dirname(directory);
    if (!hasCode(error, 'ENOENT') || parent === directory) throw error;
    await createDirectory(parent);
    await createOne(directory);
  }
}

async function createOne(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    // A file of that name is noticed by its first use as a directory.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
