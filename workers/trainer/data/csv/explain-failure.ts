import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError } from 'csv-parse';
import { DatasetError } from './dataset-error.ts';

/** What went wrong while a file was read, in words of ours where it is known; the error itself where it is not. */
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
        `Save it as UTF-8, for example with iconv -f LATIN1 -t UTF-8, or -f UTF-16. This is not skipped: letters that ` +
        'cannot be read would make one family of two',
    });
  }
  if (error instanceof CsvError) {
    return new DatasetError({
      kind: 'broken-quote',
      file,
      line: lastLine + 1,
      column: null,
      problem: `a quote is opened or closed in the wrong place (${error.code})`,
      fix: 'Quote whole fields only, and double a quote inside one. This is not skipped: it may hide the lines after it',
    });
  }
  if (error instanceof Error && 'code' in error && /^Z_|^ERR_ZLIB/.test(String(error.code))) {
    // The header of a compressed file is asked for at its start, and again after its data.
    const isTail = error.message === 'incorrect header check' && (await startsWithGzipHeader(path));
    return new DatasetError({
      kind: isTail ? 'trailing-rubbish' : 'broken-gzip',
      file,
      line: lastLine + 1,
      column: null,
      problem: isTail
        ? 'something else follows after the end of the compressed data'
        : `the compressed data breaks off or is damaged (${error.message})`,
      fix: 'Fetch or compress the file again',
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
 * Lets bytes through as they are as long as they are UTF-8. A decoder that is not fatal would make one sign of every
 * letter that it does not know, and one family of two.
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
 * The first line of a file that is not UTF-8, as Latin-1 has it. Called once reading has failed: the file is read anew,
 * since a decoder tells of bytes and not of lines.
 *
 * @returns null where every line is
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
