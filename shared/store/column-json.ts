/**
 * Columns of numbers, which JSON does not know, on their way through it: for `JSON.stringify` and `JSON.parse`.
 *
 * @module
 */

/** Writes a typed array as an object with the name of its kind. */
export function replaceColumns(_: string, value: unknown): unknown {
  if (value instanceof Int32Array) return { int32: [...value] };
  return value instanceof Uint16Array ? { uint16: [...value] } : value;
}

/** The inverse of `replaceColumns`. */
export function reviveColumns(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('int32' in value) return Int32Array.from(value.int32 as number[]);
  return 'uint16' in value ? Uint16Array.from(value.uint16 as number[]) : value;
}
