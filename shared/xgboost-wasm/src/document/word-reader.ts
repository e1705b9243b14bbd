/** Decodes `count` big-endian 32-bit words that begin at byte `at`; the caller has checked the bounds. */
export type WordReader = (bytes: Uint8Array, at: number, count: number) => Int32Array<ArrayBuffer>;

/** The reader that needs no kernels. */
export function readWords(bytes: Uint8Array, at: number, count: number): Int32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Int32Array(count);
  for (let i = 0; i < count; i++) words[i] = view.getInt32(at + 4 * i);
  return words;
}
