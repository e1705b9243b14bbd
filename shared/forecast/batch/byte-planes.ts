/**
 * Whole numbers as byte planes: the lowest bytes of all of them, then the next, as many as the largest needs. Signs are
 * folded in (zigzag: 0, -1, 1, -2 become 0, 1, 2, 3), so that small numbers of either sign have empty upper planes.
 *
 * @module
 */

/** @throws {RangeError} for anything else than a whole number of up to 52 bits */
export function toBytePlanes(values: Float64Array): { readonly planes: number; readonly bytes: Uint8Array } {
  const folded = values.map((value) => (value < 0 ? -2 * value - 1 : 2 * value));
  let largest = 0;
  for (const value of folded) {
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${value} cannot be written: it is not a whole number`);
    if (value > largest) largest = value;
  }
  let planes = 0;
  while (largest >= 256 ** planes) planes++;
  const bytes = new Uint8Array(planes * values.length);
  for (let plane = 0; plane < planes; plane++) {
    const scale = 256 ** plane;
    const start = plane * values.length;
    for (let i = 0; i < values.length; i++) bytes[start + i] = Math.floor((folded[i] ?? 0) / scale) % 256;
  }
  return { planes, bytes };
}

/** @param bytes `planes` times `count` of them */
export function fromBytePlanes(bytes: Uint8Array, planes: number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let plane = 0; plane < planes; plane++) {
    const scale = 256 ** plane;
    const start = plane * count;
    for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) + (bytes[start + i] ?? 0) * scale;
  }
  return values.map((folded) => (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2));
}
