import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError } from 'csv-parse';
import { DatasetError } from './dataset-error.ts';

/** Explains an error while reading a file if its cause is known; otherwise returns the error. */
export async function explainFailure(error: unknown, path: string, lastLine: number): Promise<unknown> {
  const file = basename(path);
  if (error instanceof DatasetError) return error;
  if (error instanceof NotUtf8Error) {
    const found = await findBadText(path);
    return new DatasetError({
      kind: 'bad-encoding',
      file,
      line: found?.line ?? lastLine + 1,
      column: null,
      problem: `the file is not UTF-8${found ? ` from "${found.text}" on` : ''}`,
      fix:
        `Save it as UTF-8, for example with iconv -f LATIN1 -t UTF-8, or -f UTF-16. This cannot be skipped: letters that ` +
        'cannot be read could merge two families',
    });
  }
  if (error instanceof CsvError) {
    return new DatasetError({
      kind: 'broken-quote',
      file,
      line: lastLine + 1,
      column: null,
      problem: `a quote is opened or closed in the wrong place (${error.code})`,
      fix: 'Quote whole fields only, and double a quote inside one. This cannot be skipped: it may hide the lines after it',
    });
  }
  if (error instanceof Error && 'code' in error && /^Z_|^ERR_ZLIB/.test(String(error.code))) {
    // The header of a compressed file is checked at its start, and again after its data.
    const isTail = error.message === 'incorrect header check' && (await startsWithGzipHeader(path));
    return new DatasetError({
      kind: isTail ? 'trailing-rubbish' : 'broken-gzip',
      file,
      line: lastLine + 1,
      column: null,
      problem: isTail
        ? 'something else follows after the end of the compressed data'
        : `the compressed data breaks off or is damaged (${error.message})`,
      fix: 'Download or compress the file again',
    });
  }
  return error;
}

async function startsWithGzipHeader(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** Thrown for bytes that are not UTF-8. */
export class NotUtf8Error extends Error {
  override name = 'NotUtf8Error';
}

/**
 * Passes bytes through unchanged while they are valid UTF-8. A lenient decoder would map all unknown letters to one
 * character, and two families to one name.
 */
export function createUtf8Gate(): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (bytes: Buffer | undefined, done: (error?: Error | null, bytes?: Buffer) => void) => {
    try {
      decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      done(new NotUtf8Error());
      return;
    }
    done(null, bytes);
  };
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => check(chunk, done),
    flush: (done) => check(undefined, done),
  });
}

const LINE_END = 0x0a;
const SHOWN = 60;

/**
 * The first line of a file that is not valid UTF-8, decoded as Latin-1. Called after reading has failed: the file is
 * read again, since a decoder reports bytes, not lines.
 *
 * @returns null if every line is valid
 */
export async function findBadText(
  path: string,
): Promise<{ readonly line: number; readonly text: string } | null> {
  const source = createReadStream(path);
  let line = 1;
  let rest = Buffer.alloc(0);
  for await (const chunk of path.endsWith('.gz') ? source.pipe(createGunzip()) : source) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
      const row = bytes.subarray(start, end);
      if (!isUtf8(row)) return { line, text: shown(row) };
      start = end + 1;
      line += 1;
    }
    rest = bytes.subarray(start);
  }
  return isUtf8(rest) ? null : { line, text: shown(rest) };
}

function shown(row: Buffer): string {
  return row
    .toString('latin1')
    .replace(/\p{Cc}/gu, '')
    .slice(0, SHOWN);
}
