import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { hasCode, ifAbsent } from '../../trainer/data/absent-file.ts';
import { createDirectory } from '../../trainer/data/create-directory.ts';
import { readNote, unfinishedName, writeNote } from '../../trainer/data/note-file.ts';
import { StartError } from '../command-line/start-error.ts';
import type { StartOptions } from '../command-line/start-options.ts';
import { LOCK_FILES, OPERATOR_SOCKET } from './instance-lock.ts';
import { STATE } from './leftover-runtime.ts';
import { SALES_MEMORY } from './sales-memory.ts';
import { CHECKSUMS } from './state-files.ts';

/** The file that marks a directory as ours; it names the source of its content. */
const MARKER = 'contents.json';
/** The same, once the directory is filled: without it nobody would know how to open the sales in it. */
const COPY = 'contents-copy.json';
/** The content that we manage. Nothing else is ever removed. */
const OWN_ENTRIES = [STATE, 'worker', 'redis', SALES_MEMORY, CHECKSUMS] as const;
/** What a first start leaves that was killed before it wrote the marker. */
const BEFORE_MARKER: readonly string[] = [
  ...[...LOCK_FILES, OPERATOR_SOCKET],
  ...[...LOCK_FILES, MARKER].map(unfinishedName),
];

const contentsSchema = z.object({
  /** `filling` during the first start: its leftovers are useless if it is interrupted. */
  status: z.enum(['filling', 'filled']),
  dataset: z.string().nullable(),
  trainFile: z.string().nullable(),
  stores: z.int().nullable(),
  families: z.int().nullable(),
  store: z.enum(['embedded', 'redis', 'upstash']),
  partitions: z.int().default(1),
  /** Offset of the wall clock: not 0 after a start with --today. */
  clockOffsetMs: z.int(),
});
type Contents = z.infer<typeof contentsSchema>;

export interface DataDirectory {
  /** False on the first start, after a reset, or when the first start was interrupted. */
  readonly filled: boolean;
  /** Offset of the wall clock, once it is filled. */
  readonly clockOffsetMs: number;
  markFilled(clockOffsetMs: number): Promise<void>;
}

function describe(contents: Omit<Contents, 'status' | 'clockOffsetMs'>): string {
  const size =
    (contents.stores ?? contents.families)
      ? `, ${contents.stores ?? 'all'} x ${contents.families ?? 'all'}`
      : '';
  const kept = contents.store === 'embedded' ? '' : `, kept in ${contents.store}`;
  const divided = contents.partitions === 1 ? '' : `, in ${contents.partitions} partitions`;
  return `${contents.dataset ?? 'the synthetic dataset'}${contents.trainFile ? ` (${contents.trainFile})` : ''}${size}${kept}${divided}`;
}

/**
 * Checks that the directory is ours or empty, and creates it if it is missing.
 *
 * @throws {StartError} for a directory with any other content, or one that cannot be created or read.
 */
export async function claimDirectory(directory: string): Promise<void> {
  const entries = await openOrCreate(directory).catch((cause: unknown) => {
    const reason = hasCode(cause, 'EEXIST', 'ENOTDIR')
      ? 'there is a file of that name'
      : hasCode(cause, 'EACCES', 'EPERM')
        ? 'you may not create or read it'
        : hasCode(cause, 'ENOENT')
          ? 'no directory can be created there'
          : messageOf(cause);
    throw new StartError(
      `${directory} cannot be the data directory: ${reason}.`,
      'Give --data-dir a directory that you may write to: npm start -- --data-dir .data/other',
      { cause },
    );
  });
  const isOurs = entries.includes(MARKER) || entries.includes(COPY);
  if (!isOurs && entries.includes(SALES_MEMORY)) {
    throw new StartError(
      `${directory} holds sales of this system, but neither ${MARKER} nor ${COPY}, which say how to open them.`,
      `Restore ${MARKER} from a backup, or give another directory: npm start -- --data-dir .data/other`,
    );
  }
  if (!isOurs && entries.some((entry) => !BEFORE_MARKER.includes(entry))) {
    throw new StartError(
      `${directory} is not empty and holds no data of this system.`,
      'Give an empty or a new directory: npm start -- --data-dir .data/other',
    );
  }
}

async function openOrCreate(directory: string): Promise<string[]> {
  await createDirectory(directory);
  return readdir(directory);
}

/**
 * Opens a directory that is claimed and locked; leftovers of an interrupted first start are removed.
 *
 * @param onLog receives what was repaired.
 * @throws {StartError} when it holds another dataset, or a marker that cannot be read.
 */
export async function openDataDirectory(
  options: StartOptions,
  onLog: (message: string) => void = () => undefined,
): Promise<DataDirectory> {
  const { dataDir: directory, dataset, trainFile, stores, families, store, partitions } = options;
  const [marker, copy] = [join(directory, MARKER), join(directory, COPY)];
  const wanted = { dataset, trainFile, stores, families, store, partitions };
  const write = async (contents: Contents) => {
    const text = `${JSON.stringify(contents, null, 2)}\n`;
    // The copy is of a filled directory at any time.
    if (contents.status === 'filling') await rm(copy, { force: true });
    await writeNote(marker, text);
    if (contents.status === 'filled') await writeNote(copy, text);
  };

  const found = options.reset ? null : await readContents(directory);
  if (found?.status === 'filled') {
    if (describe(found) !== describe(wanted)) {
      throw new StartError(
        `${directory} holds ${describe(found)}, not ${describe(wanted)}.`,
        'Start with the same dataset, give another --data-dir, or start over with --reset.',
      );
    }
    const complete = await Promise.all([marker, copy].map((path) => readNote(path, contentsSchema)));
    if (complete.includes(null)) {
      if (complete[0] === null) onLog(`${marker} could not be read and was written again from ${COPY}`);
      await write(found);
    }
  } else {
    await write({ status: 'filling', ...wanted, clockOffsetMs: 0 });
    for (const entry of OWN_ENTRIES) await rm(join(directory, entry), { recursive: true, force: true });
  }
  return {
    filled: found?.status === 'filled',
    clockOffsetMs: found?.clockOffsetMs ?? 0,
    markFilled: (clockOffsetMs) => write({ status: 'filled', ...wanted, clockOffsetMs }),
  };
}

/** The kind of sales store of a data directory and its partitions; null when it has never been filled. */
export async function readStoreLayout(
  directory: string,
): Promise<Pick<Contents, 'store' | 'partitions'> | null> {
  const found = await readContents(directory);
  return found?.status === 'filled' ? { store: found.store, partitions: found.partitions } : null;
}

/** @returns null for a directory without a marker. @throws {StartError} where neither it nor its copy can be read. */
async function readContents(directory: string): Promise<Contents | null> {
  for (const name of [MARKER, COPY]) {
    const found = await readNote(join(directory, name), contentsSchema);
    if (found !== null) return found;
  }
  const marker = join(directory, MARKER);
  if ((await readFile(marker, 'utf8').catch(ifAbsent(null))) === null) return null;
  throw new StartError(
    `${marker} cannot be read, so the content of the directory is unknown.`,
    `Restore that file from a backup, give another --data-dir, or start over with --reset, which removes all sales of ${directory}.`,
  );
}

const FILE = 'ingest-key';

/**
 * The key for sending sales to the system of a data directory: created at its first start and kept.
 *
 * @param onLog receives that the file held no key, after which whoever sends sales needs the new one.
 */
export async function readIngestKey(
  dataDir: string,
  onLog: (message: string) => void = () => undefined,
): Promise<string> {
  const file = join(dataDir, FILE);
  const known = await readFile(file, 'utf8').catch(ifAbsent(null));
  if (known !== null && /^[0-9a-f]{32}$/.test(known)) return known;
  const key = randomBytes(16).toString('hex');
  await writeNote(file, key, 0o600);
  if (known !== null)
    onLog(
      `${file} was emptied or changed, and holds a new key: give it to whoever sends sales, or write the old one back`,
    );
  return key;
}
