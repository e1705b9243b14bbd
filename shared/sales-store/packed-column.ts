/**
 * Daily columns as bytes: little-endian whatever the machine, so that what one adapter wrote any program can read.
 *
 * @module
 */

/** Four bytes a value, little-endian. */
export function packInt32(values: Int32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setInt32(i * 4, values[i] as number, true);
  return bytes;
}

/** @param count values to read from the start; the bytes may hold more. */
export function unpackInt32(bytes: ArrayBuffer, count = bytes.byteLength / 4): Int32Array<ArrayBuffer> {
  const view = new DataView(bytes);
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getInt32(i * 4, true);
  return values;
}

/** Two bytes a value, little-endian. */
export function packUint16(values: Uint16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setUint16(i * 2, values[i] as number, true);
  return bytes;
}

/** @param count values to read from the start; the bytes may hold more. */
export function unpackUint16(bytes: ArrayBuffer, count = bytes.byteLength / 2): Uint16Array<ArrayBuffer> {
  const view = new DataView(bytes);
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getUint16(i * 2, true);
  return values;
}
