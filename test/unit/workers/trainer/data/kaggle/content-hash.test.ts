import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  crc32c,
  findWrongHash,
  parseContentHashes,
} from '../../../../../../workers/trainer/data/kaggle/content-hash.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('the hashes of a storage response', () => {
  it('are CRC32C by the vectors of RFC 3720, in one piece or in many', () => {
    expect(crc32c(text('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(text('6789'), crc32c(text('12345')))).toBe(0xe3069283);
  });

  it('are read from one header or several, ignoring other headers', () => {
    expect(parseContentHashes('crc32c=4waSgw==, md5=JfnnlDI7RTiF9RgfG2JNCw==')).toEqual({
      crc32c: '4waSgw==',
      md5: 'JfnnlDI7RTiF9RgfG2JNCw==',
    });
    expect(parseContentHashes('sha1=abc=,md5=?')).toEqual({});
    expect(parseContentHashes(null)).toEqual({});
  });

  it('match the file, or the first that differs is named', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'hash-')), 'file');
    await writeFile(path, '123456789');
    const right = { crc32c: '4waSgw==', md5: 'JfnnlDI7RTiF9RgfG2JNCw==' };
    expect(await findWrongHash(path, right)).toBeNull();
    expect(await findWrongHash(path, {})).toBeNull();
    expect(await findWrongHash(path, { ...right, crc32c: 'AAAAAA==' })).toBe('crc32c');
    expect(await findWrongHash(path, { md5: 'AAAAAAAAAAAAAAAAAAAAAA==' })).toBe('md5');
  });
});
