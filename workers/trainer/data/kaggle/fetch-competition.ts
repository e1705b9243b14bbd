import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ifAbsent } from '../absent-file.ts';
import { createDirectory } from '../create-directory.ts';
import { readNote, writeNote } from '../note-file.ts';
import { type DownloadedArchive, type DownloadTiming, downloadArchive } from './download-archive.ts';
import { extractArchive } from './extract-archive.ts';
import { KaggleError } from './kaggle-error.ts';
import { authorizationOf } from './request-archive.ts';

export interface CompetitionRequest {
  /** The competition's name in its address. */
  readonly slug: string;
  /** Files are kept below it, in `kaggle/<slug>`. */
  readonly cacheDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly onProgress: (step: string, done: number, total: number) => void;
  /** Address of Kaggle's API. */
  readonly baseUrl?: string;
  readonly timing?: Partial<DownloadTiming>;
}

export interface CompetitionFiles {
  /** Directory with the tables. */
  readonly directory: string;
  /** Remarks for the user, in sentences. */
  readonly notes: readonly string[];
}

export const DEFAULT_SLUG = 'store-sales-time-series-forecasting';
const BASE_URL = 'https://www.kaggle.com/api/v1';
const ARCHIVE = 'archive.zip.part';

/**
 * The files of a Kaggle competition, extracted into the cache. Kaggle is queried every time, but unchanged files are
 * not downloaded again; while it is unreachable, the cached files are used.
 *
 * @throws {KaggleError} the cached files are kept.
 */
export async function fetchCompetition(request: CompetitionRequest): Promise<CompetitionFiles> {
  const { slug, cacheDirectory, environment, onProgress, baseUrl = BASE_URL } = request;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/.test(slug)) {
    throw new KaggleError(
      'bad-name',
      `"${slug}" is not the name of a competition`,
      `Write it as in the address of its page, for example ${DEFAULT_SLUG}`,
    );
  }
  const authorization = authorizationOf(environment);
  const home = join(cacheDirectory, 'kaggle', slug);
  await createDirectory(home);
  const cached = await readCache(home);
  const filesOf = ({ folder }: CacheContents) => join(home, folder);
  try {
    const archive = await downloadArchive({
      source: { baseUrl, slug, authorization },
      path: join(home, ARCHIVE),
      knownEtag: cached?.etag ?? null,
      onProgress: (done, total) => onProgress('downloading', done, total),
      ...(request.timing && { timing: request.timing }),
    });
    if (!archive) {
      // Only cached files have an ETag, and without one the server must not answer 304.
      if (cached)
        return {
          directory: filesOf(cached),
          notes: [`Kaggle's files have not changed since ${cached.fetched_at}.`],
        };
      throw new KaggleError(
        'unexpected-answer',
        'the server says that nothing has changed',
        'Try again later',
      );
    }
    const contents = await unpack(archive, home, request);
    return { directory: filesOf(contents), notes: [] };
  } catch (error) {
    const isAway =
      error instanceof KaggleError && (error.kind === 'unavailable' || error.kind === 'rate-limited');
    if (!isAway || !cached) throw error;
    return {
      directory: filesOf(cached),
      notes: [`Kaggle is unavailable, the files of ${cached.fetched_at} are used: ${error.message}`],
    };
  }
}

/** Extracts into a new folder, which replaces the old one once it is complete. */
async function unpack(
  archive: DownloadedArchive,
  home: string,
  { now, onProgress }: CompetitionRequest,
): Promise<CacheContents> {
  const folder = await mkdtemp(join(home, FOLDER_PREFIX));
  try {
    const files = await extractArchive(archive.path, folder, (done, total) =>
      onProgress('unpacking', done, total),
    );
    const contents: CacheContents = {
      schema_version: 1,
      etag: archive.etag,
      bytes: archive.bytes,
      fetched_at: now.toISOString(),
      folder: basename(folder),
      files: [...files],
    };
    await writeCache(home, contents);
    await archive.discard();
    return contents;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // Space may be free tomorrow, without another download.
    if (!(error instanceof KaggleError) || error.kind !== 'disk-full') await archive.discard();
    throw error;
  }
}

const contentsSchema = z.object({
  schema_version: z.literal(1),
  /** ETag of the archive of the files; null if the server sent none. */
  etag: z.string().nullable(),
  bytes: z.int(),
  fetched_at: z.iso.datetime(),
  /** Name of the folder with the files. */
  folder: z.string().regex(/^files-[A-Za-z0-9_-]+$/),
  files: z.array(z.object({ name: z.string(), bytes: z.int().min(0) })).min(1),
});
export type CacheContents = z.infer<typeof contentsSchema>;

/** Names of folders with files; any folder that the contents do not name is a leftover. */
export const FOLDER_PREFIX = 'files-';
const CONTENTS = 'contents.json';

/** @returns null if there is nothing, or not all of it. */
export async function readCache(directory: string): Promise<CacheContents | null> {
  // Contents that are damaged or of another release are none: the files are downloaded again.
  const contents = await readNote(join(directory, CONTENTS), contentsSchema);
  if (contents === null) return null;
  for (const { name, bytes } of contents.files) {
    const found = await stat(join(directory, contents.folder, name)).catch(ifAbsent(null));
    if (found?.size !== bytes) return null;
  }
  return contents;
}

/** Replaces the files atomically, then removes what is no longer needed. */
export async function writeCache(directory: string, contents: CacheContents): Promise<void> {
  const path = join(directory, CONTENTS);
  await writeNote(path, `${JSON.stringify(contents, null, 1)}\n`);
  for (const name of await readdir(directory)) {
    if (name.startsWith(FOLDER_PREFIX) && name !== contents.folder) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}
