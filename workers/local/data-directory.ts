import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { StartOptions } from './options.ts';
import { StartError } from './start-error.ts';

/** What the data directory was filled from; written only when it is filled completely. */
const contentsSchema = z.object({
  dataset: z.string().nullable(),
  trainFile: z.string().nullable(),
  stores: z.int().nullable(),
  families: z.int().nullable(),
  createdAt: z.iso.datetime(),
});
type Contents = z.infer<typeof contentsSchema>;

export interface DataDirectory {
  /** False on the first start, after a reset, or when the first start was broken off. */
  readonly filled: boolean;
  markFilled(createdAt: Date): Promise<void>;
}

function describe(contents: Omit<Contents, 'createdAt'>): string {
  const size =
    (contents.stores ?? contents.families)
      ? `, ${contents.stores ?? 'all'} x ${contents.families ?? 'all'}`
      : '';
  return `${contents.dataset ?? 'the synthetic dataset'}${contents.trainFile ? ` (${contents.trainFile})` : ''}${size}`;
}

/**
 * Opens the data directory; what a broken first start left in it is removed.
 *
 * @throws {StartError} when it holds another dataset.
 */
export async function openDataDirectory(options: StartOptions): Promise<DataDirectory> {
  const marker = join(options.dataDir, 'contents.json');
  const wanted = {
    dataset: options.dataset,
    trainFile: options.trainFile,
    stores: options.stores,
    families: options.families,
  };
  if (options.reset) await rm(options.dataDir, { recursive: true, force: true });
  const found = await readFile(marker, 'utf8').then(
    (text) => contentsSchema.safeParse(JSON.parse(text)).data ?? null,
    () => null,
  );
  if (found && describe(found) !== describe(wanted)) {
    throw new StartError(
      `${options.dataDir} holds ${describe(found)}, not ${describe(wanted)}.`,
      'Start with the same dataset, give another --data-dir, or start again with --reset.',
    );
  }
  if (!found) await rm(join(options.dataDir, 'state'), { recursive: true, force: true });
  await mkdir(options.dataDir, { recursive: true });
  return {
    filled: found !== null,
    markFilled: async (createdAt) => {
      const contents: Contents = { ...wanted, createdAt: createdAt.toISOString() };
      await writeFile(`${marker}.new`, `${JSON.stringify(contents, null, 2)}\n`);
      await rename(`${marker}.new`, marker);
    },
  };
}
