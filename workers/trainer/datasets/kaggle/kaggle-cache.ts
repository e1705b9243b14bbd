import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const contentsSchema = z.object({
  schema_version: z.literal(1),
  /** ETag of the archive that the files come from; null where the server gave none. */
  etag: z.string().nullable(),
  bytes: z.int(),
  fetched_at: z.iso.datetime(),
  /** Name of the folder with the files. */
  folder: z.string().regex(/^files-[A-Za-z0-9_-]+$/),
  files: z.array(z.object({ name: z.string(), bytes: z.int().min(0) })).min(1),
});
export type CacheContents = z.infer<typeof contentsSchema>;

/** What folders with files are called; whatever the contents do not name is a leftover. */
export const FOLDER_PREFIX = 'files-';
const CONTENTS = 'contents.json';

/** @returns null where there is nothing, or not all of what there should be. */
export async function readCache(directory: string): Promise<CacheContents | null> {
  try {
    const contents = contentsSchema.parse(JSON.parse(await readFile(join(directory, CONTENTS), 'utf8')));
    for (const { name, bytes } of contents.files) {
      if ((await stat(join(directory, contents.folder, name))).size !== bytes) return null;
    }
    return contents;
  } catch {
    return null;
  }
}

/** Puts other files in the place of those that are there, at one stroke; then removes what is not needed any more. */
export async function writeCache(directory: string, contents: CacheContents): Promise<void> {
  const path = join(directory, CONTENTS);
  await writeFile(`${path}.new`, `${JSON.stringify(contents, null, 1)}\n`);
  await rename(`${path}.new`, path);
  for (const name of await readdir(directory)) {
    if (name.startsWith(FOLDER_PREFIX) && name !== contents.folder) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}
