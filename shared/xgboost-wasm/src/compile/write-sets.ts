import { MAX_MATRIX_CATEGORIES, SegmentKind } from './image-layout.ts';
import type { ImageWriter } from './image-writer.ts';
import type { CategorySet } from './predicates.ts';

export type SegmentRecord = [
  feature: number,
  firstRow: number,
  count: number,
  kind: number,
  missing: number,
  map: number,
  words: number,
];

function setBits(words: Uint32Array, bit: number): void {
  words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
}

function writeSet(writer: ImageWriter, feature: number, row: number, set: CategorySet): SegmentRecord {
  const words = new Uint32Array(((set.categories.at(-1) ?? -1) >> 5) + 1);
  for (const category of set.categories) setBits(words, category);
  const bits = words.length > 0 ? writer.append(words) : 0;
  return [feature, row, 1, SegmentKind.set, set.missingRight ? 1 : 0, bits, words.length];
}

/** The segments of a column's category sets: one matrix, or one segment a set when there are very many categories. */
export function writeSets(
  writer: ImageWriter,
  feature: number,
  firstRow: number,
  sets: readonly CategorySet[],
): SegmentRecord[] {
  if (sets.length === 0) return [];
  const categories = sets.reduce((most, set) => Math.max(most, (set.categories.at(-1) ?? -1) + 1), 0);
  if (categories > MAX_MATRIX_CATEGORIES) {
    return sets.map((set, i) => writeSet(writer, feature, firstRow + i, set));
  }
  const strideWords = (sets.length + 31) >> 5;
  const matrix = new Uint32Array((categories + 2) * strideWords);
  const rowOf = (row: number): Uint32Array => matrix.subarray(row * strideWords, (row + 1) * strideWords);
  sets.forEach((set, i) => {
    if (set.missingRight) setBits(rowOf(0), i);
    for (const category of set.categories) setBits(rowOf(category + 2), i);
  });
  const bits = writer.append(matrix);
  return [[feature, firstRow, sets.length, SegmentKind.matrix, categories, bits, strideWords * 4]];
}
