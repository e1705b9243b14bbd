import type { ModelInfo } from '../engine/model-info.ts';
import { XgboostWasmError } from '../errors.ts';

/**
 * A packed model: header, information as JSON, image. All numbers little-endian.
 *
 * | bytes | content |
 * |---|---|
 * | 0..7 | `XGBWASM` and a zero |
 * | 8 | version of the format |
 * | 12 | bytes in all |
 * | 16 | bytes of the JSON, at 48 |
 * | 20 | offset of the image, a multiple of 16 |
 * | 24 | 0 |
 * | 32 | 64-bit checksum of everything from 48 on |
 */
export const PACKED_VERSION = 1;
export const PACKED_HEADER_BYTES = 48;
const MAGIC = 'XGBWASM\0';

export interface PackedHeader {
  readonly totalBytes: number;
  readonly infoBytes: number;
  readonly imageOffset: number;
  readonly checksum: bigint;
}

function fail(path: string, message: string): XgboostWasmError {
  return new XgboostWasmError('invalid-packed', path, message);
}

/** Lays out a packed model; the checksum is filled in by {@link writeChecksum}. */
export function layOutPacked(info: ModelInfo, image: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(info));
  const imageOffset = (PACKED_HEADER_BYTES + json.length + 15) & ~15;
  const packed = new Uint8Array(imageOffset + image.length);
  for (let i = 0; i < MAGIC.length; i++) packed[i] = MAGIC.charCodeAt(i);
  const view = new DataView(packed.buffer);
  view.setUint32(8, PACKED_VERSION, true);
  view.setUint32(12, packed.length, true);
  view.setUint32(16, json.length, true);
  view.setUint32(20, imageOffset, true);
  packed.set(json, PACKED_HEADER_BYTES);
  packed.set(image, imageOffset);
  return packed;
}

export function writeChecksum(packed: Uint8Array, checksum: bigint): void {
  new DataView(packed.buffer, packed.byteOffset).setBigUint64(32, BigInt.asUintN(64, checksum), true);
}

/** @throws XgboostWasmError `invalid-packed` for another kind of file, another version or a truncated one */
export function readPackedHeader(packed: Uint8Array): PackedHeader {
  if (packed.length < PACKED_HEADER_BYTES) throw fail('header', 'the file is too short');
  for (let i = 0; i < MAGIC.length; i++) {
    if (packed[i] !== MAGIC.charCodeAt(i)) throw fail('header.magic', 'this is not a packed model');
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const version = view.getUint32(8, true);
  if (version !== PACKED_VERSION) {
    throw fail('header.version', `is ${version}, this engine reads ${PACKED_VERSION}: pack the model again`);
  }
  const totalBytes = view.getUint32(12, true);
  if (totalBytes !== packed.length)
    throw fail('header.bytes', `is ${totalBytes}, but the file has ${packed.length}`);
  const infoBytes = view.getUint32(16, true);
  const imageOffset = view.getUint32(20, true);
  if (
    imageOffset % 16 !== 0 ||
    imageOffset < PACKED_HEADER_BYTES + infoBytes ||
    imageOffset + 64 > totalBytes
  ) {
    throw fail('header.image', `cannot begin at ${imageOffset}`);
  }
  return { totalBytes, infoBytes, imageOffset, checksum: view.getBigUint64(32, true) };
}

/** Reads the JSON of a file whose checksum has been verified. */
export function readPackedInfo(packed: Uint8Array, header: PackedHeader): ModelInfo {
  const json = packed.subarray(PACKED_HEADER_BYTES, PACKED_HEADER_BYTES + header.infoBytes);
  try {
    return JSON.parse(new TextDecoder().decode(json)) as ModelInfo;
  } catch {
    throw fail('info', 'is not JSON');
  }
}
