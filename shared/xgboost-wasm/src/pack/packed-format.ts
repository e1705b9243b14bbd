import { Header } from '../compile/image-layout.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { XgboostWasmError } from '../errors.ts';

/**
 * A packed model: header, information as JSON, base margins, image. All numbers little-endian.
 *
 * | bytes | content |
 * |---|---|
 * | 0..7 | `XGBWASM` and a zero |
 * | 8 | 64-bit checksum of everything from 16 on |
 * | 16 | version of the format |
 * | 20 | bytes in all, a multiple of 16 |
 * | 24 | bytes of the JSON, which begins at 32 |
 * | 28 | offset of the image, a multiple of 16 |
 *
 * The base margins are float32, one an output, at the first multiple of 4 after the JSON: as text they would lose the
 * sign of -0, and infinities entirely. Version 1 has them in the JSON; it is still read.
 */
export const PACKED_VERSION = 2;
const MARGINS_AS_TEXT = 1;
/** Where the checksummed part begins. */
export const CHECKED_FROM = 16;
const HEADER_BYTES = 32;
const MAGIC = 'XGBWASM\0';

export interface PackedHeader {
  readonly version: number;
  readonly infoBytes: number;
  readonly imageOffset: number;
  readonly checksum: bigint;
}

export function invalidPacked(path: string, message: string): XgboostWasmError {
  return new XgboostWasmError('invalid-packed', path, message);
}

/** Where the base margins begin. */
function marginsAt(infoBytes: number): number {
  return (HEADER_BYTES + infoBytes + 3) & ~3;
}

/** Lays out a packed model; the checksum is filled in by {@link writeChecksum}. */
export function layOutPacked(info: ModelInfo, image: Uint8Array, withoutCovers: boolean): Uint8Array {
  const { baseMargins, ...others } = info;
  const json = new TextEncoder().encode(JSON.stringify(others));
  const margins = marginsAt(json.length);
  const imageOffset = (margins + 4 * baseMargins.length + 15) & ~15;
  const packed = new Uint8Array(imageOffset + image.length);
  for (let i = 0; i < MAGIC.length; i++) packed[i] = MAGIC.charCodeAt(i);
  const view = new DataView(packed.buffer);
  view.setUint32(16, PACKED_VERSION, true);
  view.setUint32(20, packed.length, true);
  view.setUint32(24, json.length, true);
  view.setUint32(28, imageOffset, true);
  packed.set(json, HEADER_BYTES);
  baseMargins.forEach((margin, group) => {
    view.setFloat32(margins + 4 * group, margin, true);
  });
  packed.set(image, imageOffset);
  view.setUint32(imageOffset + 4 * Header.bytes, image.length, true);
  if (withoutCovers) view.setUint32(imageOffset + 4 * Header.shapTable, 0, true);
  return packed;
}

export function writeChecksum(packed: Uint8Array, checksum: bigint): void {
  new DataView(packed.buffer, packed.byteOffset).setBigUint64(8, BigInt.asUintN(64, checksum), true);
}

/** @throws XgboostWasmError `invalid-packed` for another kind of file, another version or a truncated one */
export function readPackedHeader(packed: Uint8Array): PackedHeader {
  for (let i = 0; i < MAGIC.length; i++) {
    if (packed[i] !== MAGIC.charCodeAt(i)) throw invalidPacked('header.magic', 'this is not a packed model');
  }
  if (packed.length < HEADER_BYTES) throw invalidPacked('header', 'the file is too short');
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const version = view.getUint32(16, true);
  if (version !== PACKED_VERSION && version !== MARGINS_AS_TEXT) {
    const message = `is ${version}, this engine reads ${PACKED_VERSION}: pack the model again`;
    throw invalidPacked('header.version', message);
  }
  const bytes = view.getUint32(20, true);
  if (bytes !== packed.length || bytes % 16 !== 0) {
    throw invalidPacked('header.bytes', `is ${bytes}, but the file has ${packed.length}`);
  }
  const infoBytes = view.getUint32(24, true);
  const imageOffset = view.getUint32(28, true);
  const imageEnd = imageOffset + 4 * Header.words;
  if (imageOffset % 16 !== 0 || imageOffset < HEADER_BYTES + infoBytes || imageEnd > bytes) {
    throw invalidPacked('header.image', `cannot begin at ${imageOffset}`);
  }
  return { version, infoBytes, imageOffset, checksum: view.getBigUint64(8, true) };
}

function readMargins(packed: Uint8Array, header: PackedHeader, groupCount: unknown): number[] {
  const start = marginsAt(header.infoBytes);
  const room = (header.imageOffset - start) / 4;
  if (typeof groupCount !== 'number' || !(groupCount >= 0 && groupCount <= room)) {
    throw invalidPacked('info.groupCount', 'does not fit the base margins');
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: groupCount }, (_, group) => view.getFloat32(start + 4 * group, true));
}

/** The contents of a file whose checksum has been verified, not yet checked themselves. */
export function readPackedInfo(packed: Uint8Array, header: PackedHeader): unknown {
  let info: unknown;
  try {
    info = JSON.parse(
      new TextDecoder().decode(packed.subarray(HEADER_BYTES, HEADER_BYTES + header.infoBytes)),
    );
  } catch {
    throw invalidPacked('info', 'is not JSON');
  }
  if (header.version === MARGINS_AS_TEXT || typeof info !== 'object' || info === null) return info;
  const groupCount = 'groupCount' in info ? info.groupCount : undefined;
  return { ...info, baseMargins: readMargins(packed, header, groupCount) };
}
