import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Hashes of an object in Google Cloud Storage's headers: base64, CRC32C in big-endian byte order. */
export interface ContentHashes {
  readonly md5?: string;
  readonly crc32c?: string;
}

/** Parses `x-goog-hash: crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==`; several headers are joined by commas. */
export function parseContentHashes(header: string | null): ContentHashes {
  const hashes: { md5?: string; crc32c?: string } = {};
  for (const part of (header ?? '').split(',')) {
    const [, name, hash] = /^\s*(md5|crc32c)=([A-Za-z0-9+/]+={0,2})\s*$/.exec(part) ?? [];
    if (hash !== undefined && (name === 'md5' || name === 'crc32c')) hashes[name] = hash;
  }
  return hashes;
}

/** @returns the name of the first hash that does not match the file; null if all match. */
export async function findWrongHash(
  path: string,
  expected: ContentHashes,
): Promise<keyof ContentHashes | null> {
  if (expected.md5 === undefined && expected.crc32c === undefined) return null;
  const md5 = createHash('md5');
  let crc = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    const bytes = chunk as Buffer;
    if (expected.md5 !== undefined) md5.update(bytes);
    if (expected.crc32c !== undefined) crc = crc32c(bytes, crc);
  }
  if (expected.md5 !== undefined && md5.digest('base64') !== expected.md5) return 'md5';
  if (expected.crc32c !== undefined && toBase64(crc) !== expected.crc32c) return 'crc32c';
  return null;
}

/** The Castagnoli polynomial, reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC32C (RFC 3720, appendix B.4), continued from the checksum of earlier bytes. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function toBase64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
