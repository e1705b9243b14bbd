/**
 * The element at an index that lies within the array. `array[index] ?? fallback` is for an index that may lie
 * outside; a loop over millions of rows reads `array[index] as number`, since this call costs more than the read.
 *
 * @throws {RangeError} when there is no element at the index.
 */
export function at<T>(array: ArrayLike<T>, index: number): T {
  const element = array[index];
  if (element === undefined) {
    throw new RangeError(`no element at index ${index} of an array of length ${array.length}`);
  }
  return element;
}

/**
 * The last element of an array that has one.
 *
 * @throws {RangeError} when the array is empty.
 */
export function last<T>(array: ArrayLike<T>): T {
  return at(array, array.length - 1);
}
