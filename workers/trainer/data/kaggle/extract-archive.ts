import { on, once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Transform } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { isTrainFile } from '../csv/find-files.ts';
import { diskFull, explainWriteFailure, KaggleError } from './kaggle-error.ts';
import { writeStream } from './write-stream.ts';

export interface UnpackedFile {
  readonly name: string;
  readonly bytes: number;
}

/** Far more than any sales table; an archive that claims more is a zip bomb. */
const MAX_UNPACKED_BYTES = 64e9;
const STORED = 0;
const DEFLATED = 8;
const MAX_LISTED = 8;

/**
 * Extracts the tables (.csv, .csv.gz) of an archive into a directory, without their folders; other entries are ignored.
 * Names, sizes and checksums of the entries are verified; nothing is written outside the directory.
 *
 * @param directory exists, and is empty.
 * @throws {KaggleError} `broken-archive`, `unsafe-archive`, `no-sales` or `disk-full`; the directory may then hold some
 * files already.
 */
export async function extractArchive(
  archive: string,
  directory: string,
  onProgress: (bytes: number, totalBytes: number) => void,
): Promise<readonly UnpackedFile[]> {
  const zip = await openZip(archive);
  try {
    const entries = await readEntries(zip);
    const tables = chooseTables(entries);
    const total = tables.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    await assertRoom(directory, total);
    let done = 0;
    for (const { name, entry } of tables) {
      await unpack(zip, entry, join(directory, name), (bytes) => {
        done += bytes;
        onProgress(done, total);
      });
    }
    return tables.map(({ name, entry }) => ({ name, bytes: entry.uncompressedSize }));
  } catch (error) {
    throw explainWriteFailure(error, directory);
  } finally {
    zip.close();
  }
}

async function openZip(archive: string): Promise<ZipFile> {
  try {
    return await openPromise(archive, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw broken(error);
  }
}

async function readEntries(zip: ZipFile): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  if (zip.entryCount === 0) return entries;
  const ended = new AbortController();
  once(zip, 'end', { signal: ended.signal }).then(
    () => ended.abort(),
    () => undefined,
  );
  try {
    const events = on(zip, 'entry', { signal: ended.signal });
    zip.readEntry();
    for await (const [entry] of events) {
      entries.push(entry as Entry);
      zip.readEntry();
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw explainName(error) ?? broken(error);
  }
  return entries;
}

interface Table {
  readonly name: string;
  readonly entry: Entry;
}

function chooseTables(entries: readonly Entry[]): readonly Table[] {
  const tables = new Map<string, Entry>();
  for (const entry of entries) {
    const name = posix.basename(entry.fileName);
    const isHidden = entry.fileName.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
    if (!/\.csv(\.gz)?$/i.test(name) || isHidden) continue;
    if (tables.has(name)) throw unsafe(`it has two files ${name}`);
    if (entry.isEncrypted() || (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)) {
      throw broken(new Error(`${name} is encrypted, or compressed in a way that is not known`));
    }
    tables.set(name, entry);
  }
  if (![...tables.keys()].some(isTrainFile)) {
    const names = entries.map(({ fileName }) => fileName);
    const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
    throw new KaggleError(
      'no-sales',
      `the archive has no train.csv, but ${names.length === 0 ? 'nothing' : names.slice(0, MAX_LISTED).join(', ')}${more}`,
      'Name a competition whose files have the schema of Store Sales, or bring the files into it and use --dataset DIR',
    );
  }
  return Array.from(tables, ([name, entry]) => ({ name, entry }));
}

/** @throws {KaggleError} */
async function assertRoom(directory: string, bytes: number): Promise<void> {
  if (bytes > MAX_UNPACKED_BYTES) throw unsafe(`it would unpack to ${Math.round(bytes / 1e9)} GB`);
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < bytes) throw diskFull(directory, `unpacking needs ${Math.ceil(bytes / 1e6)} MB`);
}

async function unpack(
  zip: ZipFile,
  entry: Entry,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let checksum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum = crc32(chunk, checksum);
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const source = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw broken(error, entry.fileName);
  });
  const failure = await writeStream(source, check, createWriteStream(path, { flags: 'wx' }));
  if (failure) throw failure.side === 'file' ? failure.error : broken(failure.error, entry.fileName);
  if (checksum !== entry.crc32) throw broken(new Error('its checksum is wrong'), entry.fileName);
}

/** yauzl's messages for names that lead outside. */
function explainName(error: unknown): KaggleError | null {
  if (!(error instanceof Error)) return null;
  return /^(absolute path|invalid relative path|invalid characters in fileName)/.test(error.message)
    ? unsafe(`it has an entry whose name leads out of the directory (${error.message})`)
    : null;
}

function unsafe(problem: string): KaggleError {
  return new KaggleError(
    'unsafe-archive',
    `the archive is not unpacked: ${problem}`,
    'Download it by hand, look into it, and name the directory of its files with --dataset',
  );
}

function broken(error: unknown, file?: string): KaggleError {
  const why = messageOf(error);
  return new KaggleError(
    'broken-archive',
    `the archive is damaged${file === undefined ? '' : ` at ${file}`}: ${why}`,
    'It has been removed: run the command to download it again',
  );
}
