import type { NumberArray } from './document-value.ts';
import type { Field } from './field.ts';

/** The numeric array of a field; JSON booleans (before 1.6) count as 0 and 1. */
function numbersOf(field: Field): NumberArray | Float64Array {
  const { value } = field;
  if (ArrayBuffer.isView(value)) return value;
  if (!Array.isArray(value)) throw field.fail(field.present ? 'expected an array of numbers' : 'is missing');
  const numbers = new Float64Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const item = value[i];
    if (typeof item === 'number') numbers[i] = item;
    else if (typeof item === 'boolean') numbers[i] = item ? 1 : 0;
    else throw field.fail(`item ${i} is not a number`);
  }
  return numbers;
}

/** Checks the length when one is expected; -1 means any. */
function checkLength(field: Field, length: number, expected: number): void {
  if (expected >= 0 && length !== expected) throw field.fail(`has ${length} items, expected ${expected}`);
}

/** float32 values; exact for shortest decimals, see parse-decimal.ts. */
export function readFloats(field: Field, expected = -1): Float32Array {
  const numbers = numbersOf(field);
  checkLength(field, numbers.length, expected);
  if (numbers instanceof Float32Array) return numbers;
  const floats = new Float32Array(numbers.length);
  for (let i = 0; i < floats.length; i++) floats[i] = Number(numbers[i]);
  return floats;
}

/** The usual case: no item can be anything but an integer. */
function checkRange(
  field: Field,
  integers: Int32Array | Uint8Array,
  minimum: number,
  maximum: number,
): Int32Array {
  for (let i = 0; i < integers.length; i++) {
    const value = integers[i] ?? 0;
    if (value < minimum || value > maximum)
      throw field.fail(`item ${i} is outside ${minimum}..${maximum}: ${value}`);
  }
  return integers instanceof Int32Array ? integers : new Int32Array(integers);
}

/** One byte an item, each 0 or 1. */
export function readFlags(field: Field, expected: number): Uint8Array {
  const { value } = field;
  if (!(value instanceof Uint8Array)) return new Uint8Array(readIntegers(field, 0, 1, expected));
  checkLength(field, value.length, expected);
  for (let i = 0; i < value.length; i++) {
    if ((value[i] ?? 0) > 1) throw field.fail(`item ${i} is outside 0..1: ${value[i]}`);
  }
  return value;
}

/** int32 values, each checked to be an integer inside `minimum..maximum`. */
export function readIntegers(field: Field, minimum: number, maximum: number, expected = -1): Int32Array {
  const numbers = numbersOf(field);
  checkLength(field, numbers.length, expected);
  if (numbers instanceof Int32Array || numbers instanceof Uint8Array)
    return checkRange(field, numbers, minimum, maximum);
  const integers = new Int32Array(numbers.length);
  for (let i = 0; i < integers.length; i++) {
    const value = Number(numbers[i]);
    if (!Number.isInteger(value)) throw field.fail(`item ${i} is not an integer: ${value}`);
    if (value < minimum || value > maximum)
      throw field.fail(`item ${i} is outside ${minimum}..${maximum}: ${value}`);
    integers[i] = value;
  }
  return integers;
}
