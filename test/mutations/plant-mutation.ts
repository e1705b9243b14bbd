import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlantedMutation } from './mutations.ts';

/** Thrown for a mutation whose text is not in its file exactly once: it would change nothing, or the wrong place. */
export class StaleMutationError extends Error {
  override name = 'StaleMutationError';
}

/** @throws {StaleMutationError} when `find` does not occur in the source exactly once */
export function mutateSource(source: string, { name, file, find, replace }: PlantedMutation): string {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new StaleMutationError(
    `${name}: "${find}" occurs ${parts.length - 1} times in ${file} instead of once; ` +
      'write down the present code in test/mutations/mutations.ts',
  );
}

/**
 * Writes a mutation into a checkout for as long as `work` takes.
 *
 * @throws {StaleMutationError} before anything is written
 */
export async function withMutation<T>(
  checkout: string,
  mutation: PlantedMutation,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(checkout, mutation.file);
  const source = await readFile(path, 'utf8');
  await writeFile(path, mutateSource(source, mutation));
  try {
    return await work();
  } finally {
    await writeFile(path, source);
  }
}
