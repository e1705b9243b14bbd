import { FEATURE_WORDS } from './image-layout.ts';
import type { ImageWriter } from './image-writer.ts';
import type { FeatureCuts } from './predicates.ts';

/** Number of halvings that search `count` cuts: the smallest s with 2^s - 1 >= count. */
export function searchSteps(count: number): number {
  return 32 - Math.clz32(count);
}

/** Writes the table of used features; cuts are padded with NaN, which no value reaches, to 2^steps - 1. */
export function writeFeatures(writer: ImageWriter, features: readonly FeatureCuts[]): number {
  const table = writer.reserve(features.length * FEATURE_WORDS * 4);
  features.forEach((feature, i) => {
    const steps = searchSteps(feature.cuts.length);
    const padded = new Float32Array(Math.max(1, 2 ** steps - 1)).fill(Number.NaN);
    padded.set(feature.cuts);
    const cuts = writer.append(padded);
    const categories = feature.sets.reduce(
      (most, set) => Math.max(most, (set.categories.at(-1) ?? -1) + 1),
      0,
    );
    const record = writer.words(table + i * FEATURE_WORDS * 4, FEATURE_WORDS);
    record.set([
      feature.column,
      feature.cuts.length,
      steps,
      cuts,
      feature.sets.length > 0 ? 1 : 0,
      categories,
    ]);
  });
  return table;
}
