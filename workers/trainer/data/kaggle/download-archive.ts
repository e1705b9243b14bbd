import { createWriteStream } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { type ContentHashes, findWrongHash, parseContentHashes } from './content-hash.ts';
import { diskFull, explainWriteFailure, KaggleError } from './kaggle-error.ts';
import { type Part, type PartFile, partFile } from './part-file.ts';
import {
  type ArchiveSource,
  describeNetworkError,
  requestArchive,
  TransientFailure,
} from './request-archive.ts';
import { writeStream } from './write-stream.ts';

export interface DownloadRequest {
  readonly source: ArchiveSource;
  /** Where the archive is written. An interrupted download there is resumed. */
  readonly path: string;
  /** ETag of the archive whose files are already present; null without any. */
  readonly knownEtag: string | null;
  readonly onProgress: (bytes: number, totalBytes: number) => void;
  readonly timing?: Partial<DownloadTiming>;
}

export interface DownloadTiming {
  readonly sleep: (ms: number) => Promise<void>;
  /** 0..1 */
  readonly random: () => number;
  /** A connection without data for this long is closed. */
  readonly idleMs: number;
  /** Consecutive attempts without progress before the download is given up. */
  readonly attempts: number;
  /** The longest wait that a server may request. */
  readonly maxWaitMs: number;
}

const TIMING: DownloadTiming = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  idleMs: 60_000,
  attempts: 5,
  maxWaitMs: 120_000,
};
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export interface DownloadedArchive {
  readonly path: string;
  readonly etag: string | null;
  readonly bytes: number;
  /** Removes the archive. */
  discard(): Promise<void>;
}

/**
 * Downloads an archive to disk in pieces. A broken connection is resumed where it broke, if the server can (Range,
 * If-Range with a strong ETag), and restarted otherwise; size and the server's hashes are verified at the end.
 *
 * @returns null if the server still has the archive of `knownEtag`.
 * @throws {KaggleError}
 */
export async function downloadArchive(request: DownloadRequest): Promise<DownloadedArchive | null> {
  const timing = { ...TIMING, ...request.timing };
  const part = partFile(request.path);
  let failures = 0;
  /** The most bytes so far: only more than these count as progress. */
  let most = (await part.read())?.bytes ?? 0;
  let isDamaged = false;
  for (;;) {
    try {
      const fetched = await fetchOnce(request, part, timing.idleMs);
      if (fetched === null) return null;
      const wrong = await findWrongHash(part.path, fetched.hashes);
      if (wrong === null) {
        return { path: part.path, etag: fetched.etag, bytes: fetched.bytes, discard: part.discard };
      }
      await part.discard();
      if (isDamaged) {
        throw new KaggleError(
          'broken-download',
          `the archive does not have the ${wrong} checksum that the server sent, twice in a row`,
          'Try again later; or check for a proxy that changes downloads',
        );
      }
      isDamaged = true;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      const now = (await part.read())?.bytes ?? 0;
      failures = now > most ? 1 : failures + 1;
      most = Math.max(most, now);
      await waitFor(error, failures, timing);
    }
  }
}

/** @throws {KaggleError} if waiting is not worthwhile */
async function waitFor(failure: TransientFailure, failures: number, timing: DownloadTiming): Promise<void> {
  const { retryAfterMs, status, message } = failure;
  const asked = retryAfterMs ?? 0;
  if (asked > timing.maxWaitMs || failures >= timing.attempts) {
    const tries = `${failures} ${failures === 1 ? 'try' : 'tries'} in a row`;
    const later = asked > 0 ? `in ${Math.ceil(asked / 60_000)} minutes` : 'later';
    throw new KaggleError(
      status === 429 ? 'rate-limited' : 'unavailable',
      `the files cannot be downloaded: ${message} (${tries})`,
      `Try again ${later}: the partial download is kept and will be resumed`,
    );
  }
  const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  // Randomised, so that runs that failed together do not retry together.
  await timing.sleep(Math.max(asked, backoff * (0.5 + timing.random() / 2)));
}

interface Fetched {
  readonly etag: string | null;
  readonly bytes: number;
  readonly hashes: ContentHashes;
}

/** One request and its body. @returns null if nothing has changed. */
async function fetchOnce(request: DownloadRequest, part: PartFile, idleMs: number): Promise<Fetched | null> {
  const { source, knownEtag, onProgress } = request;
  const held = await part.read();
  const idle = idleTimer(idleMs);
  try {
    const response = await requestArchive(source, conditionsFor(held, knownEtag), idle.signal);
    const facts = factsOf(response, held);
    if (facts === 'unchanged' || (facts !== 'start-over' && !held && isSame(facts.etag, knownEtag))) {
      await response.body?.cancel();
      return null;
    }
    if (facts === 'start-over') {
      await response.body?.cancel();
      await part.discard();
      throw new TransientFailure('the download cannot be resumed and starts over', response.status);
    }
    if (facts.from === 0) await part.begin(facts.etag, facts.size);
    await assertRoom(part.path, (facts.size ?? 0) - facts.from);
    await write(response, part.path, facts.from, (bytes) => {
      idle.reset();
      onProgress(bytes, facts.size ?? 0);
    });
    const bytes = (await stat(part.path)).size;
    if (facts.size !== null && bytes < facts.size) {
      throw new TransientFailure(`the connection ended after ${bytes} of ${facts.size} bytes`);
    }
    if (facts.size !== null && bytes > facts.size) {
      await part.discard();
      throw new TransientFailure(`the server sent more than the ${facts.size} bytes that it announced`);
    }
    return { etag: facts.etag, bytes, hashes: facts.hashes };
  } catch (error) {
    const explained = explainWriteFailure(error, dirname(part.path));
    // The space is released; nothing on a full disk is worth keeping.
    if (explained instanceof KaggleError && explained.kind === 'disk-full') await part.discard();
    throw explained;
  } finally {
    idle.stop();
  }
}

function conditionsFor(held: Part | null, knownEtag: string | null): Record<string, string> {
  if (held && held.bytes < held.size) return { range: `bytes=${held.bytes}-`, 'if-range': held.etag };
  // All bytes are present, but were not verified: request the last one again.
  if (held) return { range: `bytes=${held.bytes - 1}-`, 'if-range': held.etag };
  return knownEtag === null ? {} : { 'if-none-match': knownEtag };
}

interface BodyFacts extends Omit<Fetched, 'bytes'> {
  /** Offset of the body's first byte. */
  readonly from: number;
  /** Total bytes; null if the server does not say. */
  readonly size: number | null;
}

function factsOf(response: Response, held: Part | null): BodyFacts | 'unchanged' | 'start-over' {
  const { status, headers } = response;
  const etag = headers.get('etag');
  const hashes = parseContentHashes(headers.get('x-goog-hash'));
  if (status === 304) return 'unchanged';
  if (status === 200) {
    const length = headers.get('content-length');
    return { from: 0, size: length === null ? null : Number(length), etag, hashes };
  }
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('content-range') ?? '');
  const [from, last, size] = (range ?? []).slice(1).map(Number);
  const isOurs = held && etag === held.etag && size === held.size && last === held.size - 1;
  if (status !== 206 || !isOurs || from !== Math.min(held.bytes, held.size - 1)) return 'start-over';
  return { from, size, etag, hashes };
}

function isSame(etag: string | null, known: string | null): boolean {
  const bare = (text: string) => text.replace(/^W\//, '');
  return etag !== null && known !== null && bare(etag) === bare(known);
}

/** @throws {KaggleError} `disk-full` before the first byte instead of after the last that fits */
async function assertRoom(path: string, bytes: number): Promise<void> {
  const directory = dirname(path);
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= bytes) return;
  const megabytes = (count: number) => `${Math.ceil(count / 1e6)} MB`;
  throw diskFull(directory, `${megabytes(bytes)} are needed and ${megabytes(bavail * bsize)} are free`);
}

async function write(
  response: Response,
  path: string,
  from: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (!response.body) throw new TransientFailure('the response has no body', response.status);
  let bytes = from;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  const file = createWriteStream(path, from === 0 ? { flags: 'w' } : { flags: 'r+', start: from });
  const failure = await writeStream(body, counter, file);
  if (failure?.side === 'file') throw failure.error;
  if (failure) {
    const why = describeNetworkError(failure.error);
    throw new TransientFailure(`the connection broke after ${bytes} bytes: ${why}`);
  }
}

/** Aborts a stalled connection. */
function idleTimer(idleMs: number) {
  const controller = new AbortController();
  const stopper = () => controller.abort(new Error(`nothing arrived for ${Math.round(idleMs / 1000)} s`));
  let timer = setTimeout(stopper, idleMs);
  return {
    signal: controller.signal,
    reset() {
      clearTimeout(timer);
      timer = setTimeout(stopper, idleMs);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
