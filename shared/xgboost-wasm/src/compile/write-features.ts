import { BUCKET_HEADER_WORDS, FEATURE_WORDS } from './image-layout.ts';
import type { ImageWriter } from './image-writer.ts';
import type { FeatureCuts } from './predicates.ts';
import { chooseBuckets, type ValueBuckets } from './value-buckets.ts';

/** Number of halvings that search `count` cuts: the smallest s with 2^s - 1 >= count. */
export function searchSteps(count: number): number {
  return 32 - Math.clz32(count);
}

function writeBuckets(writer: ImageWriter, buckets: ValueBuckets): number {
  const offset = writer.reserve(BUCKET_HEADER_WORDS * 4 + buckets.starts.length * 2);
  const words = writer.words(offset, BUCKET_HEADER_WORDS);
  const floats = writer.floats(offset, BUCKET_HEADER_WORDS);
  words.set([0, 0, buckets.starts.length - 1, buckets.window, buckets.mode]);
  if (buckets.mode === 0) floats.set([buckets.low, buckets.factor]);
  else words.set([buckets.low, buckets.factor]);
  writer.halves(offset + BUCKET_HEADER_WORDS * 4, buckets.starts.length).set(buckets.starts);
  return offset;
}

/** Writes a table of features; cuts are padded with NaN, which no value reaches, for both ways of searching. */
export function writeFeatures(writer: ImageWriter, features: readonly FeatureCuts[]): number {
  const table = writer.reserve(features.length * FEATURE_WORDS * 4);
  features.forEach((feature, i) => {
    const count = feature.cuts.length;
    const steps = searchSteps(count);
    const buckets = chooseBuckets(feature.cuts, steps);
    const padded = new Float32Array(Math.max(1, 2 ** steps - 1, count + (buckets?.window ?? 0))).fill(
      Number.NaN,
    );
    padded.set(feature.cuts);
    const cuts = writer.append(padded);
    const bucketTable = buckets === undefined ? 0 : writeBuckets(writer, buckets);
    const categories = feature.sets.reduce(
      (most, set) => Math.max(most, (set.categories.at(-1) ?? -1) + 1),
      0,
    );
    const categorical = feature.sets.length > 0 ? 1 : 0;
    const record = writer.words(table + i * FEATURE_WORDS * 4, FEATURE_WORDS);
    record.set([feature.column, count, steps, cuts, categorical, categories, bucketTable]);
  });
  return table;
}
