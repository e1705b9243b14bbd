import { fillMatrixBytes } from './category-matrix';
import {
  BLOCK, MISSING, SLIDE, record, segmentCount, segmentFeature, segmentFirstRow, segmentHasMap, segmentKind,
  segmentMap, segmentMissing, segmentWords, tileSegmentCount, tileSegments,
} from './image';

/** The answer of a category set: 0 left, 1 right. */
@inline
export function setAnswer(words: usize, count: i32, category: u32): i32 {
  if (category >> 5 >= u32(count)) return 0;
  return (load<i32>(words + (<usize>(category >> 5) << 2)) >>> (category & 31)) & 1;
}

/** Answers of one row of a ranked block for all predicates of a tile, one byte each. Writes up to 16 bytes more. */
export function fillBytes(image: usize, tile: usize, ranks: usize, categories: usize, row: i32, table: usize): void {
  const count = tileSegmentCount(tile);
  const segments = tileSegments(image, tile);
  store<u8>(table, 0);
  for (let i = 0; i < count; ++i) {
    const segment = record(segments, i);
    const at = <usize>(segmentFeature(segment) * BLOCK + row) << 2;
    let to = table + <usize>segmentFirstRow(segment);
    const kind = segmentKind(segment);
    if (kind == 2) {
      fillMatrixBytes(image, segment, load<u32>(categories + at), to);
      continue;
    }
    if (kind == 1) {
      const category = load<u32>(categories + at);
      const answer = category == MISSING
        ? segmentMissing(segment)
        : setAnswer(segmentMap(image, segment), segmentWords(segment), category);
      store<u8>(to, answer);
      continue;
    }
    let rank = load<u32>(ranks + at);
    if (rank == MISSING) rank = segmentMissing(segment);
    else if (segmentHasMap(segment)) rank = load<u32>(segmentMap(image, segment) + (<usize>rank << 2));
    // Row 0 of the segment is always true, row k is true when the rank is at least k.
    let ones = i32(rank) + 1;
    const end = to + <usize>segmentCount(segment) + 1;
    for (; to < end; to += 16) {
      const shift = min(max(ones, 0), 16);
      v128.store(to, v128.load(SLIDE + 16 - <usize>shift));
      ones -= 16;
    }
  }
}
