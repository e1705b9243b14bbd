import { inside, maxHalf, maxWord } from './check';
import {
  bucketFactorBits, bucketMask, bucketMode, bucketStarts, bucketWindow, featureColumn, featureCutCount,
  featureIsCategorical, featureSteps, record, segmentCount, segmentFeature, segmentFirstRow, segmentKind,
  segmentMissing, segmentWords, tileFeatureCount, tileRows, tileSegmentCount,
} from './image';

const MAX_MATRIX_CATEGORIES: u32 = 4096;
const BUCKET_HEADER_BYTES: u32 = 32;

/** Bytes that checking may still read: where records share arrays, reading each would take hours for a small file. */
let budget: i64 = 0;

/** Call this before checking an image. Padding may be read twice, once for either search. */
export function startChecks(bytes: u32): void {
  budget = 2 * <i64>bytes;
}

@inline
function spend(bytes: u64): bool {
  budget -= <i64>bytes;
  return budget >= 0;
}

/** Whether all of `count` floats are NaN. */
function areNan(at: usize, count: u32): bool {
  if (!spend(<u64>count * 4)) return false;
  for (let i: u32 = 0; i < count; ++i) {
    const x = load<f32>(at + (<usize>i << 2));
    if (x == x) return false;
  }
  return true;
}

function bucketsAreSound(image: usize, bytes: u32, offset: u32, cuts: u32, cutsAt: u32): bool {
  if (!inside(offset, BUCKET_HEADER_BYTES >> 2, 4, bytes)) return false;
  const buckets = image + offset;
  const last = <u32>bucketMask(buckets);
  const window = <u32>bucketWindow(buckets);
  const mode = <u32>bucketMode(buckets);
  if (last >= 65536 || window > cuts || mode > 1 || (mode == 1 && <u32>bucketFactorBits(buckets) >= 32)) return false;
  if (!inside(offset + BUCKET_HEADER_BYTES, last + 1, 2, bytes) || !spend(<u64>last * 2)) return false;
  if (maxHalf(bucketStarts(buckets), last + 1) > cuts) return false;
  // A rank is a start and what is counted in its window: the padding must hold the window of the last start.
  return inside(cutsAt, <u64>cuts + <u64>window, 4, bytes) && areNan(image + cutsAt + (<usize>cuts << 2), window);
}

function featureIsSound(image: usize, bytes: u32, feature: usize, columns: u32): bool {
  const cuts = <u32>featureCutCount(feature);
  const steps = <u32>featureSteps(feature);
  if (<u32>featureColumn(feature) >= columns || steps >= 31) return false;
  const searched: u32 = (<u32>1 << steps) - 1;
  const cutsAt = load<u32>(feature, 12);
  if (cuts > searched || !inside(cutsAt, max<u32>(1, searched), 4, bytes)) return false;
  // Either search counts a cut only after comparing with it, so NaN padding keeps ranks within the cuts.
  if (!areNan(image + cutsAt + (<usize>cuts << 2), max<u32>(1, searched) - cuts)) return false;
  const buckets = load<u32>(feature, 24);
  return buckets == 0 || bucketsAreSound(image, bytes, buckets, cuts, cutsAt);
}

/** Whether the features that a tile names can be ranked by: 8 words each, from the model's or its own table. */
export function featuresAreSound(image: usize, bytes: u32, tile: usize, columns: u32): bool {
  const table = load<u32>(tile, 24);
  const count = <u32>tileFeatureCount(tile);
  if (!inside(table, <u64>count * 8, 4, bytes) || !spend(<u64>count * 32)) return false;
  for (let i: u32 = 0; i < count; ++i) {
    if (!featureIsSound(image, bytes, record(image + table, i), columns)) return false;
  }
  return true;
}

function setsAreSound(segment: usize, bytes: u32): bool {
  const count = <u32>segmentCount(segment);
  const missing = <u32>segmentMissing(segment);
  const words = <u32>segmentWords(segment);
  const map = load<u32>(segment, 20);
  if (segmentKind(segment) == 1) return count == 1 && missing <= 1 && inside(map, words, 4, bytes);
  // Of a matrix these are the number of categories and the bytes of a row.
  if (segmentKind(segment) != 2 || missing > MAX_MATRIX_CATEGORIES || <u64>words * 8 < <u64>count) return false;
  return map % 4 == 0 && <u64>map + (<u64>missing + 2) * <u64>words <= <u64>bytes;
}

function cutsAreSound(image: usize, bytes: u32, segment: usize, cuts: u32): bool {
  const count = <u32>segmentCount(segment);
  const map = load<u32>(segment, 20);
  // A tile asks about some of a feature's cuts; more would be rows that nothing fills a table with.
  if (<u32>segmentMissing(segment) > count || count > cuts) return false;
  if (map == 0) return cuts == count;
  return inside(map, <u64>cuts + 1, 4, bytes) && spend(<u64>cuts * 4) && maxWord(image + map, cuts + 1) <= count;
}

/** Whether a tile's segments fill its predicate rows one after the other; its features have been checked. */
export function segmentsAreSound(image: usize, bytes: u32, tile: usize): bool {
  const segments = load<u32>(tile, 16);
  const count = <u32>tileSegmentCount(tile);
  const rows = <u32>tileRows(tile);
  const features = image + load<u32>(tile, 24);
  if (!inside(segments, <u64>count * 8, 4, bytes) || !spend(<u64>count * 32)) return false;
  let next: u64 = 1;
  for (let i: u32 = 0; i < count; ++i) {
    const segment = record(image + segments, i);
    if (<u32>segmentFeature(segment) >= <u32>tileFeatureCount(tile)) return false;
    if (<u64>(<u32>segmentFirstRow(segment)) != next) return false;
    const feature = record(features, segmentFeature(segment));
    next += <u64>(<u32>segmentCount(segment));
    if (segmentKind(segment) == 0) {
      next += 1;
      if (!cutsAreSound(image, bytes, segment, <u32>featureCutCount(feature))) return false;
    } else if (!featureIsCategorical(feature) || !setsAreSound(segment, bytes)) return false;
    if (next > <u64>rows) return false;
  }
  return next == <u64>rows;
}
