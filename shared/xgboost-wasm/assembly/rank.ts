import {
  BLOCK, MISSING, bucketFactor, bucketFactorBits, bucketLow, bucketLowBits, bucketMask, bucketMode, bucketStarts,
  bucketWindow, featureBuckets, featureColumn, featureCount, featureCuts, featureHasBuckets, featureIsCategorical,
  featureSteps, record, tileFeatureCount, tileFeatures,
} from './image';

/** All ones in the lanes whose value is missing. A rank or-ed with it becomes MISSING. */
@inline
function missingLanes(x: v128, missing: f32): v128 {
  return v128.or(f32x4.ne(x, x), f32x4.eq(x, f32x4.splat(missing)));
}

/** Four rows of a column; `left` of them exist, the rest repeat the first. */
@inline
function loadColumn(at: usize, stride: usize, left: i32): v128 {
  let x = v128.load32_zero(at);
  x = v128.load_lane<f32>(left > 1 ? at + stride : at, x, 1);
  x = v128.load_lane<f32>(left > 2 ? at + 2 * stride : at, x, 2);
  return v128.load_lane<f32>(left > 3 ? at + 3 * stride : at, x, 3);
}

/** How many cuts are <= x: a branch-free search; cuts are padded to 2^steps - 1 with NaN. */
@inline
function search(cuts: usize, steps: i32, x: v128): v128 {
  const x0 = f32x4.extract_lane(x, 0), x1 = f32x4.extract_lane(x, 1);
  const x2 = f32x4.extract_lane(x, 2), x3 = f32x4.extract_lane(x, 3);
  let r0: u32 = 0, r1: u32 = 0, r2: u32 = 0, r3: u32 = 0;
  for (let s = steps - 1; s >= 0; --s) {
    const base = cuts + (((<usize>1 << s) - 1) << 2);
    r0 += u32(load<f32>(base + (<usize>r0 << 2)) <= x0) << s;
    r1 += u32(load<f32>(base + (<usize>r1 << 2)) <= x1) << s;
    r2 += u32(load<f32>(base + (<usize>r2 << 2)) <= x2) << s;
    r3 += u32(load<f32>(base + (<usize>r3 << 2)) <= x3) << s;
  }
  return lanes(r0, r1, r2, r3);
}

@inline
function lanes(a: u32, b: u32, c: u32, d: u32): v128 {
  let all = i32x4.splat(a);
  all = i32x4.replace_lane(all, 1, b);
  all = i32x4.replace_lane(all, 2, c);
  return i32x4.replace_lane(all, 3, d);
}

/** The bucket of each lane; see src/compile/value-buckets.ts. */
@inline
function bucketsOf(x: v128, mode: i32, low: v128, factor: v128, shift: i32, mask: v128): v128 {
  if (mode == 0) {
    const place = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(x, low), factor));
    return i32x4.min_s(i32x4.max_s(place, i32x4.splat(0)), mask);
  }
  const bits = f32x4.add(x, f32x4.splat(0));
  const ordered = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(0x7fffffff)));
  return i32x4.min_u(i32x4.shr_u(i32x4.sub(i32x4.max_s(ordered, low), low), shift), mask);
}

/** Ranks of n rows of one feature that has buckets. */
function rankByBuckets(
  image: usize, feature: usize, at: usize, stride: usize, n: i32, missing: f32, out: usize,
): void {
  const cuts = featureCuts(image, feature);
  const table = featureBuckets(image, feature);
  const mode = bucketMode(table);
  const low = mode == 0 ? f32x4.splat(bucketLow(table)) : i32x4.splat(bucketLowBits(table));
  const factor = f32x4.splat(bucketFactor(table));
  const shift = bucketFactorBits(table);
  const mask = i32x4.splat(bucketMask(table));
  const starts = bucketStarts(table);
  const window = <usize>bucketWindow(table) << 2;
  for (let i = 0; i < n; i += 4) {
    const x = loadColumn(at, stride, n - i);
    at += 4 * stride;
    const b = bucketsOf(x, mode, low, factor, shift, mask);
    const s0 = <u32>load<u16>(starts + (<usize>i32x4.extract_lane(b, 0) << 1));
    const s1 = <u32>load<u16>(starts + (<usize>i32x4.extract_lane(b, 1) << 1));
    const s2 = <u32>load<u16>(starts + (<usize>i32x4.extract_lane(b, 2) << 1));
    const s3 = <u32>load<u16>(starts + (<usize>i32x4.extract_lane(b, 3) << 1));
    const c0 = cuts + (<usize>s0 << 2), c1 = cuts + (<usize>s1 << 2);
    const c2 = cuts + (<usize>s2 << 2), c3 = cuts + (<usize>s3 << 2);
    let rank = lanes(s0, s1, s2, s3);
    for (let w: usize = 0; w < window; w += 4) {
      let cut = v128.load32_zero(c0 + w);
      cut = v128.load_lane<f32>(c1 + w, cut, 1);
      cut = v128.load_lane<f32>(c2 + w, cut, 2);
      cut = v128.load_lane<f32>(c3 + w, cut, 3);
      // A comparison gives -1 where the cut is <= x.
      rank = i32x4.sub(rank, f32x4.le(cut, x));
    }
    v128.store(out + (<usize>i << 2), v128.or(rank, missingLanes(x, missing)));
  }
}

function rankBySearch(
  image: usize, feature: usize, at: usize, stride: usize, n: i32, missing: f32, out: usize,
): void {
  const cuts = featureCuts(image, feature);
  const steps = featureSteps(feature);
  for (let i = 0; i < n; i += 4) {
    const x = loadColumn(at, stride, n - i);
    at += 4 * stride;
    v128.store(out + (<usize>i << 2), v128.or(search(cuts, steps, x), missingLanes(x, missing)));
  }
}

/** Same as XGBoost: negative or at least 2^24 is no category. */
@inline
function categoryOf(x: f32): u32 {
  return x < 0 || x >= 16777216.0 ? 0xfffffffe : u32(i32(x));
}

/**
 * Ranks of up to 256 rows among the cuts that a tile's feature table lists: ranks[feature * 256 + row], rounded up to
 * whole fours of rows. Categorical columns also get their categories: categories[feature * 256 + row].
 */
export function rankBlock(
  image: usize, tile: usize, rows: usize, n: i32, missing: f32, ranks: usize, categories: usize,
): void {
  const stride = <usize>featureCount(image) << 2;
  const table = tileFeatures(image, tile);
  const used = tileFeatureCount(tile);
  for (let f = 0; f < used; ++f) {
    const feature = record(table, f);
    let at = rows + (<usize>featureColumn(feature) << 2);
    const out = ranks + (<usize>(f * BLOCK) << 2);
    if (featureHasBuckets(feature)) rankByBuckets(image, feature, at, stride, n, missing, out);
    else rankBySearch(image, feature, at, stride, n, missing, out);
    if (!featureIsCategorical(feature)) continue;
    const kinds = categories + (<usize>(f * BLOCK) << 2);
    for (let i = 0; i < n; ++i) {
      const x = load<f32>(at);
      at += stride;
      store<u32>(kinds + (<usize>i << 2), x != x || x == missing ? MISSING : categoryOf(x));
    }
  }
}
