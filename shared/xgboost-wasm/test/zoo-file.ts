import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One model of the zoo as zoo/make_zoo.py writes it; arrays are base64 of little-endian float32. */
export interface ZooCase {
  readonly name: string;
  readonly objective: string;
  readonly booster: string;
  readonly format: 'ubj' | 'json';
  readonly missing: number | null;
  readonly rowCount: number;
  readonly featureCount: number;
  readonly model: string;
  readonly rows: string;
  readonly margin: string;
  readonly value: string;
  readonly leaf?: string;
  readonly rangeMargin?: string;
  readonly baseMargin: string;
  readonly marginFromBase: string;
  readonly contributions?: string;
}

export interface ZooFile {
  readonly release: string;
  readonly cases: readonly ZooCase[];
}

export function readZoo(url: URL): ZooFile {
  return JSON.parse(gunzipSync(readFileSync(url)).toString()) as ZooFile;
}

export function decodeBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

export function decodeFloats(text: string): Float32Array {
  return new Float32Array(decodeBytes(text).buffer);
}

/** Bit patterns, so that a comparison detects every difference, including -0 from 0. */
export function bitsOf(floats: Float32Array): number[] {
  return [...new Int32Array(floats.buffer, floats.byteOffset, floats.length)];
}

/** Number of items whose bits differ; all of them when the lengths do. */
export function countMismatches(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Math.max(actual.length, expected.length);
  const a = bitsOf(actual);
  const b = bitsOf(expected);
  return a.filter((bits, i) => bits !== b[i]).length;
}
