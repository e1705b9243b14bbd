import { BITS, MISSING, PARTIAL, segmentCount, segmentFirstRow, segmentMap, segmentMissing, segmentWords } from './image';
import { transposeBits } from './transpose-bits';

/** Offset of a category's row in a matrix: missing, unknown, then the categories. */
@inline
function rowOffset(segment: usize, category: u32): usize {
  const row: u32 = category == MISSING ? 0 : category < <u32>segmentMissing(segment) ? category + 2 : 1;
  return <usize>row * <usize>segmentWords(segment);
}

/** One row's answers for all sets of a column, a byte each; writes up to 15 bytes more. */
export function fillMatrixBytes(image: usize, segment: usize, category: u32, to: usize): void {
  let from = segmentMap(image, segment) + rowOffset(segment, category);
  const spread = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const masks = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  for (const end = to + <usize>segmentCount(segment); to < end; to += 16, from += 2) {
    const bits = i8x16.swizzle(v128.load16_splat(from), spread);
    v128.store(to, v128.and(i8x16.eq(v128.and(bits, masks), masks), i8x16.splat(1)));
  }
}

/** Eight sets of sixteen rows: byte j of the matrix row that each of the rows names. */
@inline
function gatherRows(base: usize, offsets: usize): v128 {
  let v = v128.load8_splat(base + load<usize>(offsets));
  v = v128.load_lane<u8>(base + load<usize>(offsets, 4), v, 1);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 8), v, 2);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 12), v, 3);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 16), v, 4);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 20), v, 5);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 24), v, 6);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 28), v, 7);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 32), v, 8);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 36), v, 9);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 40), v, 10);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 44), v, 11);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 48), v, 12);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 52), v, 13);
  v = v128.load_lane<u8>(base + load<usize>(offsets, 56), v, 14);
  return v128.load_lane<u8>(base + load<usize>(offsets, 60), v, 15);
}

/**
 * Answers of up to 256 rows for all sets of a column, 32 bytes a set at BITS. Eight sets at a time: their bits for 128
 * rows are gathered by row and transposed. Up to 7 lines more are written, within PARTIAL.
 *
 * @param offsets scratch: 256 words
 */
export function fillMatrixBits(image: usize, segment: usize, categories: usize, n: i32, offsets: usize): void {
  const unknown = <usize>segmentWords(segment);
  for (let row = 0; row < 256; ++row) {
    const at = <usize>row << 2;
    store<usize>(offsets + at, row < n ? rowOffset(segment, load<u32>(categories + at)) : unknown);
  }
  const matrix = segmentMap(image, segment);
  const lines = BITS + (<usize>segmentFirstRow(segment) << 5);
  for (let set = 0, count = segmentCount(segment); set < count; set += 8) {
    const base = matrix + <usize>(set >> 3);
    for (let half: usize = 0; half < 2; ++half) {
      const from = offsets + (half << 9);
      transposeBits(
        gatherRows(base, from), gatherRows(base, from + 64), gatherRows(base, from + 128),
        gatherRows(base, from + 192), gatherRows(base, from + 256), gatherRows(base, from + 320),
        gatherRows(base, from + 384), gatherRows(base, from + 448), PARTIAL + (half << 4), 32,
      );
    }
    memory.copy(lines + (<usize>set << 5), PARTIAL, <usize>min(8, count - set) << 5);
  }
}
