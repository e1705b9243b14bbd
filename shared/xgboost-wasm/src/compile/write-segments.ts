import { SEGMENT_WORDS, SegmentKind } from './image-layout.ts';
import type { ImageWriter } from './image-writer.ts';
import type { TilePlan } from './plan-tiles.ts';
import type { CategorySet, FeatureCuts, Predicates, UsedFeature } from './predicates.ts';
import { type SegmentRecord, writeSets } from './write-sets.ts';

export interface WrittenSegments {
  readonly offset: number;
  readonly count: number;
  /** Rows of the predicate table: row 0 is always false. */
  readonly rows: number;
  /** Table row of a predicate of the model; 0 for those that the tile does not use. */
  readonly rowOf: Int32Array;
  /** The features in use, in the order that own features are numbered. */
  readonly features: readonly FeatureCuts[];
}

/** Rank over a segment's cuts from rank over the feature's cuts; 0 when they are the same. */
function writeRankMap(writer: ImageWriter, cutCount: number, own: readonly number[]): number {
  if (own.length === cutCount) return 0;
  const map = new Uint32Array(cutCount + 1);
  let rank = 0;
  for (let r = 0; r < map.length; r++) {
    map[r] = rank;
    if (own[rank] === r) rank++;
  }
  return writer.append(map);
}

/** The cuts that a tile uses, by direction of a missing value, as indices into the feature's cuts. */
type OwnCuts = readonly [number[], number[]];

/** Only the cuts in use, and each list as indices into those. */
function narrow(feature: UsedFeature, own: OwnCuts): { cuts: Float32Array; own: OwnCuts } {
  const used = [...new Set([...own[0], ...own[1]])].sort((a, b) => a - b);
  const place = new Map(used.map((cut, i) => [cut, i]));
  const local = (cuts: readonly number[]): number[] => cuts.map((cut) => place.get(cut) ?? 0);
  return {
    cuts: Float32Array.from(used, (cut) => feature.cuts[cut] ?? 0),
    own: [local(own[0]), local(own[1])],
  };
}

/**
 * Lays out a tile's predicate table. A numeric segment holds the cuts of one feature and missing direction:
 * its first row means "rank >= 0", row k means "rank >= k". A category set is one row.
 *
 * @param ownFeatures whether the tile ranks values among its own cuts only, instead of those of the whole model
 */
export function writeSegments(
  writer: ImageWriter,
  all: Predicates,
  tile: TilePlan,
  ownFeatures: boolean,
): WrittenSegments {
  const rowOf = new Int32Array(all.count);
  const records: SegmentRecord[] = [];
  const features: FeatureCuts[] = [];
  const used = tile.predicates;
  let rows = 1;
  let at = 0;
  all.features.forEach((feature, modelIndex) => {
    const { firstPredicate, cuts, sets, column } = feature;
    if ((used[at] ?? all.count) >= firstPredicate + 2 * cuts.length + sets.length) return;
    const index = ownFeatures ? features.length : modelIndex;
    let own: OwnCuts = [[], []];
    let row = rows;
    for (const missingRight of [0, 1] as const) {
      const first = firstPredicate + missingRight * cuts.length;
      const list = own[missingRight];
      while (at < used.length && (used[at] ?? 0) < first + cuts.length) {
        rowOf[used[at] ?? 0] = row + list.length + 1;
        list.push((used[at++] ?? 0) - first);
      }
      if (list.length > 0) row += list.length + 1;
    }
    let local = cuts;
    if (ownFeatures) ({ cuts: local, own } = narrow(feature, own));
    own.forEach((list, missingRight) => {
      if (list.length === 0) return;
      const map = writeRankMap(writer, local.length, list);
      records.push([index, rows, list.length, SegmentKind.numeric, missingRight * list.length, map, 0]);
      rows += list.length + 1;
    });
    const firstSet = firstPredicate + 2 * cuts.length;
    const ownSets: CategorySet[] = [];
    while (at < used.length && (used[at] ?? 0) < firstSet + sets.length) {
      const id = used[at++] ?? 0;
      const set = sets[id - firstSet];
      if (set === undefined) continue;
      rowOf[id] = rows + ownSets.length;
      ownSets.push(set);
    }
    records.push(...writeSets(writer, index, rows, ownSets));
    rows += ownSets.length;
    features.push({ column, cuts: local, sets: ownSets });
  });
  const offset = writer.reserve(records.length * SEGMENT_WORDS * 4);
  records.forEach((record, i) => {
    writer.words(offset + i * SEGMENT_WORDS * 4, SEGMENT_WORDS).set(record);
  });
  return { offset, count: records.length, rows, rowOf, features };
}
