import { fillBytes } from './fill-bytes';
import {
  featureCount, groupCount, record, tileCount, tileEndTree, tileFeatures, tileFirstTree, tileTable,
} from './image';
import { rankBlock } from './rank';

// Exact TreeSHAP by quadrature. On a path with the distinct columns 1..m, column i has the share z_i of the training
// rows that would follow it, and o_i is 1 when the row follows it, else 0. The Shapley value of column i for a leaf v is
//   v (o_i - z_i) * integral over t in [0, 1] of the product over j != i of (z_j + t (o_j - z_j)).
// The product is a polynomial of degree m - 1, so Gauss-Legendre quadrature gives the integral exactly. P carries the
// products at four points a vector from the root down, G carries the sums of P times leaf values back up.

/** A level of the path: 1 / factor (a vector or several), then share and follow as two floats. */
let stack: usize = 0;
let level: usize = 0;
let sums: usize = 0;
let answers: usize = 0;
let block: usize = 0;
let points: v128;
let vectors: usize = 1;
let products: usize = 0;
let totals: usize = 0;

/** Paths with at most 8 distinct columns: four points, one vector. */
function visit(node: usize, depth: usize, path: v128): v128 {
  const right = load<u8>(answers + <usize>load<u32>(node));
  const earlier = load<i32>(node, 8);
  let follow: f32 = 1;
  let share: f32 = 1;
  let inverse = f32x4.splat(1);
  let base = path;
  if (earlier >= 0) {
    const at = stack + <usize>earlier * level;
    inverse = v128.load(at);
    share = load<f32>(at, 16);
    follow = load<f32>(at, 20);
    base = f32x4.mul(path, inverse);
  }
  const leaves = load<u32>(node, 20);
  const here = stack + depth * level;

  const leftShare = load<f32>(node, 12) * share;
  const leftFollow: f32 = right ? 0 : follow;
  const leftGap = leftFollow - leftShare;
  const leftFactor = f32x4.add(f32x4.splat(leftShare), f32x4.mul(points, f32x4.splat(leftGap)));
  let without: v128;
  let total: v128;
  if (leaves & 1) {
    without = f32x4.mul(base, v128.load32_splat(node, 24));
    total = f32x4.mul(without, leftFactor);
  } else {
    const reciprocal = f32x4.div(f32x4.splat(1), leftFactor);
    v128.store(here, reciprocal);
    store<f32>(here, leftShare, 16);
    store<f32>(here, leftFollow, 20);
    total = visit(block + <usize>load<u32>(node, 24), depth + 1, f32x4.mul(base, leftFactor));
    without = f32x4.mul(total, reciprocal);
  }
  let gain = f32x4.mul(without, f32x4.splat(leftGap));

  const rightShare = load<f32>(node, 16) * share;
  const rightFollow: f32 = right ? follow : 0;
  const rightGap = rightFollow - rightShare;
  const rightFactor = f32x4.add(f32x4.splat(rightShare), f32x4.mul(points, f32x4.splat(rightGap)));
  if (leaves & 2) {
    without = f32x4.mul(base, v128.load32_splat(node, 28));
    total = f32x4.add(total, f32x4.mul(without, rightFactor));
  } else {
    const reciprocal = f32x4.div(f32x4.splat(1), rightFactor);
    v128.store(here, reciprocal);
    store<f32>(here, rightShare, 16);
    store<f32>(here, rightFollow, 20);
    const below = visit(block + <usize>load<u32>(node, 28), depth + 1, f32x4.mul(base, rightFactor));
    total = f32x4.add(total, below);
    without = f32x4.mul(below, reciprocal);
  }
  gain = f32x4.add(gain, f32x4.mul(without, f32x4.splat(rightGap)));
  // What the earlier split on this column claimed for the leaves below is replaced, not added to.
  if (earlier >= 0) gain = f32x4.sub(gain, f32x4.mul(f32x4.mul(total, inverse), f32x4.splat(follow - share)));
  const slot = sums + (<usize>load<u32>(node, 4) << 4);
  v128.store(slot, f32x4.add(v128.load(slot), gain));
  return total;
}

/** The same for any number of points: path products and totals are kept by depth in memory. */
function visitWide(node: usize, depth: usize): void {
  const right = load<u8>(answers + <usize>load<u32>(node));
  const earlier = load<i32>(node, 8);
  const width = vectors << 4;
  let follow: f32 = 1;
  let share: f32 = 1;
  let before: usize = 0;
  if (earlier >= 0) {
    before = stack + <usize>earlier * level;
    share = load<f32>(before + width);
    follow = load<f32>(before + width, 4);
  }
  const leaves = load<u32>(node, 20);
  const here = stack + depth * level;
  const path = products + depth * width;
  const total = totals + depth * width;
  const slot = sums + <usize>load<u32>(node, 4) * width;
  const at = load<usize>(block, 4) + block;
  for (let k: usize = 0; k < width; k += 16) v128.store(total + k, f32x4.splat(0));
  for (let side: usize = 0; side < 2; ++side) {
    const own = load<f32>(node + (side << 2), 12) * share;
    const taken: f32 = <usize>right == side ? follow : 0;
    const gap = taken - own;
    if (leaves & (1 << <u32>side)) {
      const value = v128.load32_splat(node + (side << 2), 24);
      for (let k: usize = 0; k < width; k += 16) {
        const factor = f32x4.add(f32x4.splat(own), f32x4.mul(v128.load(at + k), f32x4.splat(gap)));
        let without = f32x4.mul(v128.load(path + k), value);
        if (before) without = f32x4.mul(without, v128.load(before + k));
        v128.store(total + k, f32x4.add(v128.load(total + k), f32x4.mul(without, factor)));
        v128.store(slot + k, f32x4.add(v128.load(slot + k), f32x4.mul(without, f32x4.splat(gap))));
      }
      continue;
    }
    store<f32>(here + width, own);
    store<f32>(here + width, taken, 4);
    for (let k: usize = 0; k < width; k += 16) {
      const factor = f32x4.add(f32x4.splat(own), f32x4.mul(v128.load(at + k), f32x4.splat(gap)));
      v128.store(here + k, f32x4.div(f32x4.splat(1), factor));
      let product = f32x4.mul(v128.load(path + k), factor);
      if (before) product = f32x4.mul(product, v128.load(before + k));
      v128.store(path + width + k, product);
    }
    visitWide(block + <usize>load<u32>(node + (side << 2), 24), depth + 1);
    for (let k: usize = 0; k < width; k += 16) {
      const below = v128.load(total + width + k);
      v128.store(total + k, f32x4.add(v128.load(total + k), below));
      const gain = f32x4.mul(f32x4.mul(below, v128.load(here + k)), f32x4.splat(gap));
      v128.store(slot + k, f32x4.add(v128.load(slot + k), gain));
    }
  }
  if (!before) return;
  for (let k: usize = 0; k < width; k += 16) {
    const claimed = f32x4.mul(f32x4.mul(v128.load(total + k), v128.load(before + k)), f32x4.splat(follow - share));
    v128.store(slot + k, f32x4.sub(v128.load(slot + k), claimed));
  }
}

/** Adds one tree's contributions for one row to `out`, featureCount + 1 doubles. */
function addTree(tree: usize, out: usize, bias: usize): void {
  store<f64>(out + bias, load<f64>(out + bias) + load<f64>(tree, 16));
  if (load<u32>(tree, 24)) return;
  const count = <usize>load<u32>(tree, 4);
  const width = vectors << 4;
  for (let at = sums, end = sums + count * width; at < end; at += 16) v128.store(at, f32x4.splat(0));
  const root = block + <usize>load<u32>(tree);
  const weights = block + <usize>load<u32>(block, 8);
  if (vectors == 1) {
    visit(root, 0, v128.load(weights));
  } else {
    memory.copy(products, weights, width);
    visitWide(root, 0);
  }
  const columns = block + <usize>load<u32>(tree, 8);
  for (let s: usize = 0; s < count; ++s) {
    let sum: f64 = 0;
    for (let at = sums + s * width, end = at + width; at < end; at += 16) {
      sum += (<f64>load<f32>(at) + <f64>load<f32>(at, 4)) + (<f64>load<f32>(at, 8) + <f64>load<f32>(at, 12));
    }
    const to = out + (<usize>load<u32>(columns + (s << 2)) << 3);
    store<f64>(to, load<f64>(to) + sum);
  }
}

/**
 * Adds the contributions of the trees [begin, end) for a few rows to `out`: n x groupCount x (featureCount + 1)
 * doubles.
 *
 * @param paths from src/contributions/build-paths.ts
 * @param tables scratch: one predicate table a row, `tableBytes` each
 * @param work scratch for the path, sized by src/contributions/workspace.ts
 */
export function contributionsBlock(
  image: usize, paths: usize, rows: usize, n: i32, missing: f32, begin: i32, end: i32, out: usize,
  ranks: usize, categories: usize, tables: usize, tableBytes: usize, work: usize,
): void {
  block = paths;
  vectors = <usize>load<u32>(paths);
  const width = vectors << 4;
  const levels = <usize>load<u32>(paths, 20) + 1;
  points = v128.load(paths + <usize>load<u32>(paths, 4));
  level = width + 16;
  stack = work;
  products = stack + levels * level;
  totals = products + levels * width;
  sums = totals + levels * width;
  const first = paths + <usize>load<u32>(paths, 12);
  const trees = paths + <usize>load<u32>(paths, 16);
  const bias = <usize>featureCount(image) << 3;
  const stride = bias + 8;
  const rowStride = stride * <usize>groupCount(image);
  let ranked: usize = 0;
  for (let t = 0, tiles = tileCount(image); t < tiles; ++t) {
    const tile = record(tileTable(image), t);
    const from = max(begin, tileFirstTree(tile));
    const to = min(end, tileEndTree(tile));
    if (from >= to) continue;
    if (tileFeatures(image, tile) != ranked) {
      ranked = tileFeatures(image, tile);
      rankBlock(image, tile, rows, n, missing, ranks, categories);
    }
    for (let i = 0; i < n; ++i) fillBytes(image, tile, ranks, categories, i, tables + <usize>i * tableBytes);
    const last = load<i32>(first + (<usize>to << 2));
    for (let v = load<i32>(first + (<usize>from << 2)); v < last; ++v) {
      const tree = record(trees, v);
      const group = <usize>load<u32>(tree, 12) * stride;
      for (let i = 0; i < n; ++i) {
        answers = tables + <usize>i * tableBytes;
        addTree(tree, out + <usize>i * rowStride + group, bias);
      }
    }
  }
}
