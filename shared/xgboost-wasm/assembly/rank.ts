import {
  BLOCK, MISSING, featureColumn, featureCount, featureCuts, featureIsCategorical, featureSteps, record, tileFeatureCount,
  tileFeatures,
} from './image';

/**
 * A value's place among the cuts: how many are <= x. Cuts are padded to 2^steps - 1 with NaN, so there is no
 * branch in the search. Categorical features store the category, or -1 when it is in no set.
 */
@inline
function rankOf(cuts: usize, steps: i32, x: f32): u32 {
  let rank: u32 = 0;
  for (let s = steps - 1; s >= 0; --s) {
    rank += u32(load<f32>(cuts + ((<usize>rank + (<usize>1 << s) - 1) << 2)) <= x) << s;
  }
  return rank;
}

@inline
function isMissing(x: f32, missing: f32): bool {
  return x != x || x == missing;
}

/** Same as XGBoost: negative, NaN or at least 2^24 is no category. */
@inline
export function categoryOf(x: f32): u32 {
  return x < 0 || x >= 16777216.0 ? 0xfffffffe : u32(i32(x));
}

/**
 * Ranks of up to 256 rows among the cuts that a tile's feature table lists: ranks[feature * 256 + row]. Categorical columns get two lots of 256, the categories
 * after the ranks of all features: categories[feature * 256 + row].
 */
export function rankBlock(image: usize, tile: usize, rows: usize, n: i32, missing: f32, ranks: usize, categories: usize): void {
  const stride = <usize>featureCount(image) << 2;
  const table = tileFeatures(image, tile);
  const used = tileFeatureCount(tile);
  for (let f = 0; f < used; ++f) {
    const feature = record(table, f);
    const cuts = featureCuts(image, feature);
    const steps = featureSteps(feature);
    let at = rows + (<usize>featureColumn(feature) << 2);
    const out = ranks + (<usize>(f * BLOCK) << 2);
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const x0 = load<f32>(at);
      const x1 = load<f32>(at + stride);
      const x2 = load<f32>(at + 2 * stride);
      const x3 = load<f32>(at + 3 * stride);
      at += 4 * stride;
      let r0: u32 = 0, r1: u32 = 0, r2: u32 = 0, r3: u32 = 0;
      for (let s = steps - 1; s >= 0; --s) {
        const base = cuts + (((<usize>1 << s) - 1) << 2);
        r0 += u32(load<f32>(base + (<usize>r0 << 2)) <= x0) << s;
        r1 += u32(load<f32>(base + (<usize>r1 << 2)) <= x1) << s;
        r2 += u32(load<f32>(base + (<usize>r2 << 2)) <= x2) << s;
        r3 += u32(load<f32>(base + (<usize>r3 << 2)) <= x3) << s;
      }
      const to = out + (<usize>i << 2);
      store<u32>(to, isMissing(x0, missing) ? MISSING : r0, 0);
      store<u32>(to, isMissing(x1, missing) ? MISSING : r1, 4);
      store<u32>(to, isMissing(x2, missing) ? MISSING : r2, 8);
      store<u32>(to, isMissing(x3, missing) ? MISSING : r3, 12);
    }
    for (; i < n; ++i) {
      const x = load<f32>(at);
      at += stride;
      store<u32>(out + (<usize>i << 2), isMissing(x, missing) ? MISSING : rankOf(cuts, steps, x));
    }
    if (!featureIsCategorical(feature)) continue;
    at = rows + (<usize>featureColumn(feature) << 2);
    const kinds = categories + (<usize>(f * BLOCK) << 2);
    for (i = 0; i < n; ++i) {
      const x = load<f32>(at);
      at += stride;
      store<u32>(kinds + (<usize>i << 2), isMissing(x, missing) ? MISSING : categoryOf(x));
    }
  }
}
