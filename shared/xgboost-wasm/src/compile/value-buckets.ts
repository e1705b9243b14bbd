const f = Math.fround;
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** Bits of a float32 as an integer that grows with it; -0 counts as 0. */
function orderedBits(value: number): number {
  single[0] = value + 0;
  const bits = singleBits[0] ?? 0;
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/**
 * A first estimate of a value's rank: `bucket(x)` never falls as x grows, so all cuts of lower buckets are below x, all
 * of higher ones above, and only the few of its own bucket need comparing. The kernels compute the same operations.
 */
export interface ValueBuckets {
  /** 0: trunc((x - low) * factor), in float32. 1: (ordered bits of x - low) >> factor. */
  readonly mode: number;
  readonly low: number;
  readonly factor: number;
  /** By bucket: number of cuts in lower ones. */
  readonly starts: Uint16Array;
  /** Most cuts in a bucket. */
  readonly window: number;
}

function collect(
  cuts: Float32Array,
  count: number,
  bucketOf: (cut: number) => number,
): Pick<ValueBuckets, 'starts' | 'window'> {
  const sizes = new Uint16Array(count);
  for (const cut of cuts) {
    const bucket = Math.min(Math.max(bucketOf(cut), 0), count - 1);
    sizes[bucket] = (sizes[bucket] ?? 0) + 1;
  }
  const starts = new Uint16Array(count);
  let start = 0;
  let window = 0;
  for (let bucket = 0; bucket < count; bucket++) {
    starts[bucket] = start;
    start += sizes[bucket] ?? 0;
    window = Math.max(window, sizes[bucket] ?? 0);
  }
  return { starts, window };
}

/**
 * Evenly wide buckets, which suit most columns. They span the finite cuts, so that `x - low` is never `Infinity -
 * Infinity`; an infinite cut, like an infinite value, falls into the first or the last bucket.
 *
 * @returns undefined if float32 cannot hold the width of the span or of a bucket's inverse: then the product may be
 * `Infinity * 0`, which has no place among the buckets
 */
function byValue(cuts: Float32Array, count: number): ValueBuckets | undefined {
  const finite = cuts.filter(Number.isFinite);
  const low = finite[0] ?? 0;
  const width = f((finite.at(-1) ?? 0) - low);
  const factor = f((count - 1) / width);
  if (!(width > 0 && Number.isFinite(width) && Number.isFinite(factor))) return undefined;
  const bucketOf = (cut: number): number => Math.trunc(f(f(cut - low) * factor));
  return { mode: 0, low, factor, ...collect(cuts, count, bucketOf) };
}

/** Buckets that widen with the size of the value, which suit skewed columns. Integers only, so any cut fits. */
function byBits(cuts: Float32Array, count: number): ValueBuckets {
  const low = orderedBits(cuts[0] ?? 0);
  const span = orderedBits(cuts.at(-1) ?? 0) - low;
  let shift = 0;
  while (span / 2 ** shift >= count) shift++;
  const bucketOf = (cut: number): number => Math.floor((orderedBits(cut) - low) / 2 ** shift);
  return { mode: 1, low, factor: shift, ...collect(cuts, count, bucketOf) };
}

/** Costs of a step of the plain search, of a comparison in a bucket, and of finding the bucket, in instructions. */
const STEP = 6;
const COMPARE = 4;
const FIND = 10;

/** The buckets that make ranking among these cuts cheapest, or undefined when the plain search is. */
export function chooseBuckets(cuts: Float32Array, searchSteps: number): ValueBuckets | undefined {
  if (cuts.length < 4 || cuts.length > 60_000) return undefined;
  const count = Math.min(4096, 2 ** Math.ceil(Math.log2(cuts.length * 4)));
  const even = byValue(cuts, count);
  const skewed = even === undefined || even.window > 2 ? byBits(cuts, count) : even;
  const best = even === undefined || skewed.window < even.window ? skewed : even;
  return FIND + best.window * COMPARE < searchSteps * STEP ? best : undefined;
}
