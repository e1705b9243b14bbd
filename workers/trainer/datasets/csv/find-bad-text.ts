import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

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
