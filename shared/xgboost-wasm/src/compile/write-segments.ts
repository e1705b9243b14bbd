import { SEGMENT_WORDS, SegmentKind } from './image-layout.ts';
import type { ImageWriter } from './image-writer.ts';
import type { TilePlan } from './plan-tiles.ts';
import type { Predicates, UsedFeature } from './predicates.ts';

export interface WrittenSegments {
  readonly offset: number;
  readonly count: number;
  /** Rows of the predicate table: row 0 is always false. */
  readonly rows: number;
  /** Table row of a predicate of the model; 0 for those that the tile does not use. */
  readonly rowOf: Int32Array;
}

type SegmentRecord = [
  feature: number,
  firstRow: number,
  count: number,
  kind: number,
  missing: number,
  map: number,
  words: number,
];

/** Rank over the tile's cuts from rank over all cuts of the feature; 0 when they are the same. */
function writeRankMap(writer: ImageWriter, feature: UsedFeature, cuts: readonly number[]): number {
  if (cuts.length === feature.cuts.length) return 0;
  const map = new Uint32Array(feature.cuts.length + 1);
  let rank = 0;
  for (let r = 0; r < map.length; r++) {
    map[r] = rank;
    if (cuts[rank] === r) rank++;
  }
  return writer.append(map);
}

function bitsOf(categories: Int32Array): Uint32Array {
  const words = new Uint32Array(((categories.at(-1) ?? -1) >> 5) + 1);
  for (const category of categories)
    words[category >> 5] = (words[category >> 5] ?? 0) | (1 << (category & 31));
  return words;
}

/**
 * Lays out a tile's predicate table. A numeric segment holds the cuts of one feature and missing direction:
 * its first row means "rank >= 0", row k means "rank >= k". A categorical segment is one row.
 */
export function writeSegments(writer: ImageWriter, all: Predicates, tile: TilePlan): WrittenSegments {
  const rowOf = new Int32Array(all.count);
  const records: SegmentRecord[] = [];
  const used = tile.predicates;
  let rows = 1;
  let at = 0;
  all.features.forEach((feature, index) => {
    const { firstPredicate, cuts, sets } = feature;
    for (const missingRight of [0, 1]) {
      const first = firstPredicate + missingRight * cuts.length;
      const own: number[] = [];
      while (at < used.length && (used[at] ?? 0) < first + cuts.length) {
        rowOf[used[at] ?? 0] = rows + own.length + 1;
        own.push((used[at++] ?? 0) - first);
      }
      if (own.length === 0) continue;
      const map = writeRankMap(writer, feature, own);
      records.push([index, rows, own.length, SegmentKind.numeric, missingRight * own.length, map, 0]);
      rows += own.length + 1;
    }
    const firstSet = firstPredicate + 2 * cuts.length;
    while (at < used.length && (used[at] ?? 0) < firstSet + sets.length) {
      const id = used[at++] ?? 0;
      const set = sets[id - firstSet];
      if (set === undefined) continue;
      const words = bitsOf(set.categories);
      rowOf[id] = rows;
      const bits = words.length > 0 ? writer.append(words) : 0;
      records.push([index, rows, 1, SegmentKind.categorical, set.missingRight ? 1 : 0, bits, words.length]);
      rows += 1;
    }
  });
  const offset = writer.reserve(records.length * SEGMENT_WORDS * 4);
  records.forEach((record, i) => {
    writer.words(offset + i * SEGMENT_WORDS * 4, SEGMENT_WORDS).set(record);
  });
  return { offset, count: records.length, rows, rowOf };
}
