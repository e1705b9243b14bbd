import { fillMatrixBits } from './category-matrix';
import { setAnswer } from './fill-bytes';
import {
  BITS, BLOCK, MISSING, record, segmentCount, segmentFeature, segmentFirstRow,
  segmentHasMap, segmentKind, segmentMap, segmentMissing, segmentWords, tileSegmentCount, tileSegments,
} from './image';

// Row r of a block is bit (r >> 4 & 7) of byte (r & 15) of half (r >> 7): so the transposed planes of planes.ts
// come out in row order.

@inline
function byteOf(row: i32): usize {
  return <usize>((row & 15) | (row >> 7 << 4));
}

@inline
function bitOf(row: i32): i32 {
  return 1 << (row >> 4 & 7);
}

@inline
function setBit(line: usize, row: i32): void {
  const at = line + byteOf(row);
  store<u8>(at, load<u8>(at) | bitOf(row));
}

@inline
function clear(from: usize, lines: i32): void {
  const zero = i8x16.splat(0);
  for (const end = from + (<usize>lines << 5); from < end; from += 32) {
    v128.store(from, zero);
    v128.store(from, zero, 16);
  }
}

/** Scatters the rows by rank, then or-s from the highest cut down: line k holds the rows of rank >= k. */
function fillNumeric(image: usize, segment: usize, ranks: usize, n: i32): void {
  const count = segmentCount(segment);
  const first = BITS + (<usize>segmentFirstRow(segment) << 5);
  const missing = <u32>segmentMissing(segment);
  const hasMap = segmentHasMap(segment);
  const map = segmentMap(image, segment);
  clear(first, count + 1);
  let row = 0;
  for (; row + 16 <= n; row += 16) {
    const bit = bitOf(row);
    const base = first + (<usize>(row >> 7) << 4);
    const from = ranks + (<usize>row << 2);
    if (hasMap) {
      for (let k: usize = 0; k < 16; ++k) {
        const rank = load<u32>(from + (k << 2));
        const own = rank == MISSING ? missing : load<u32>(map + (<usize>rank << 2));
        const at = base + (<usize>own << 5) + k;
        store<u8>(at, load<u8>(at) | bit);
      }
    } else {
      for (let k: usize = 0; k < 16; k += 4) {
        // MISSING is all ones: where a rank equals it, the segment's own rank for missing values is taken.
        const four = v128.load(from + (k << 2));
        const own = i32x4.shl(v128.bitselect(i32x4.splat(missing), four, i32x4.eq(four, i32x4.splat(-1))), 5);
        const at = base + k;
        const a0 = at + <usize>i32x4.extract_lane(own, 0);
        const a1 = at + <usize>i32x4.extract_lane(own, 1);
        const a2 = at + <usize>i32x4.extract_lane(own, 2);
        const a3 = at + <usize>i32x4.extract_lane(own, 3);
        store<u8>(a0, load<u8>(a0) | bit);
        store<u8>(a1, load<u8>(a1, 1) | bit, 1);
        store<u8>(a2, load<u8>(a2, 2) | bit, 2);
        store<u8>(a3, load<u8>(a3, 3) | bit, 3);
      }
    }
  }
  for (; row < n; ++row) {
    let rank = load<u32>(ranks + (<usize>row << 2));
    if (rank == MISSING) rank = missing;
    else if (hasMap) rank = load<u32>(map + (<usize>rank << 2));
    setBit(first + (<usize>rank << 5), row);
  }
  let a = i8x16.splat(0);
  let b = a;
  for (let line = first + (<usize>count << 5); line > first; line -= 32) {
    a = v128.or(a, v128.load(line));
    b = v128.or(b, v128.load(line, 16));
    v128.store(line, a);
    v128.store(line, b, 16);
  }
}

function fillMissing(line: usize, categories: usize, n: i32): void {
  for (let row = 0; row < n; ++row) {
    if (load<u32>(categories + (<usize>row << 2)) == MISSING) setBit(line, row);
  }
}

function fillSetByRow(image: usize, segment: usize, categories: usize, n: i32): void {
  const line = BITS + (<usize>segmentFirstRow(segment) << 5);
  const words = segmentMap(image, segment);
  const count = segmentWords(segment);
  for (let row = 0; row < n; ++row) {
    const category = load<u32>(categories + (<usize>row << 2));
    if (category != MISSING && setAnswer(words, count, category)) setBit(line, row);
  }
}

/**
 * Answers of up to 256 rows for all predicates of a tile: 32 bytes a predicate at BITS.
 *
 * @param scratch 256 words
 */
export function fillBits(image: usize, tile: usize, ranks: usize, categories: usize, scratch: usize, n: i32): void {
  clear(BITS, 1);
  const segments = tileSegments(image, tile);
  for (let i = 0, count = tileSegmentCount(tile); i < count; ++i) {
    const segment = record(segments, i);
    const column = <usize>(segmentFeature(segment) * BLOCK) << 2;
    const kind = segmentKind(segment);
    if (kind == 0) {
      fillNumeric(image, segment, ranks + column, n);
    } else if (kind == 2) {
      fillMatrixBits(image, segment, categories + column, n, scratch);
    } else {
      const line = BITS + (<usize>segmentFirstRow(segment) << 5);
      clear(line, 1);
      if (segmentMissing(segment)) fillMissing(line, categories + column, n);
      fillSetByRow(image, segment, categories + column, n);
    }
  }
}
