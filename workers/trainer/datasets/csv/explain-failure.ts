import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { CsvError } from 'csv-parse';
import { DatasetError } from './dataset-error.ts';
import { findBadText } from './find-bad-text.ts';
import { NotUtf8Error } from './utf8-gate.ts';

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
