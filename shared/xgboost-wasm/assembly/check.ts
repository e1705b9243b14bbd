import {
  leafIdsAreWide, record, tileEndTree, tileFirstTree, tileIsHeap, tileRows, treeDepth, treeGroup, treeNodes, treePlane,
  treeTable, treeWidth,
} from './image';

// Checks of a packed image's arrays: in wasm, because they are the bulk of the file and run cold.

/** The largest of `count` 16-bit numbers. */
export function maxHalf(at: usize, count: i32): u32 {
  let wide = i16x8.splat(0);
  let i = 0;
  for (; i + 8 <= count; i += 8) wide = i16x8.max_u(wide, v128.load(at + (<usize>i << 1)));
  wide = i16x8.max_u(wide, i64x2.shr_u(wide, 32));
  wide = i16x8.max_u(wide, i64x2.shr_u(wide, 16));
  let most = max(<u32>i16x8.extract_lane_u(wide, 0), <u32>i16x8.extract_lane_u(wide, 4));
  for (; i < count; ++i) most = max(most, <u32>load<u16>(at + (<usize>i << 1)));
  return most;
}

/** The largest of `count` 32-bit numbers. */
export function maxWord(at: usize, count: i32): u32 {
  let most: u32 = 0;
  for (let i = 0; i < count; ++i) most = max(most, load<u32>(at + (<usize>i << 2)));
  return most;
}

/** How many of `count` 16-bit numbers are not 0. */
function countNonzero(at: usize, count: i32): u32 {
  let found: u32 = 0;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const zero = i16x8.eq(v128.load(at + (<usize>i << 1)), i16x8.splat(0));
    found += 8 - <u32>popcnt(i16x8.bitmask(zero));
  }
  for (; i < count; ++i) found += <u32>(load<u16>(at + (<usize>i << 1)) != 0);
  return found;
}

/**
 * Whether every explicit node is a leaf, or asks a known predicate and has two later nodes as children, which have no
 * other parent: where paths meet, a walk over all of them takes exponential time.
 *
 * @param marks scratch: a byte a node
 */
function linksAreTree(at: usize, count: u32, rows: u32, marks: usize): bool {
  memory.fill(marks, 0, count);
  let reached: u32 = 1;
  for (let i: u32 = 0; i < count; ++i) {
    const node = at + (<usize>i << 3);
    const row = load<u32>(node);
    const child = load<u32>(node, 4);
    if (row == 0 && child == i) continue;
    if (row == 0 || row >= rows || child <= i || child >= count - 1) return false;
    if (load<u8>(marks + child) || load<u8>(marks + child, 1)) return false;
    store<u16>(marks + child, 0x0101);
    reached += 2;
  }
  return reached == count;
}

/** Whether `count` items of `size` bytes at `offset` are aligned and inside an image of `bytes` bytes. */
@inline
export function inside(offset: u32, count: u64, size: u64, bytes: u32): bool {
  return <u64>offset % size == 0 && <u64>offset + count * size <= <u64>bytes;
}

function treeIsSound(image: usize, bytes: u32, tree: usize, heap: bool, rows: u32, groups: u32, marks: usize): bool {
  const depth = <u32>treeDepth(tree);
  const plane = <u32>treePlane(tree);
  const width = <u32>treeWidth(tree);
  if (width == 0 || <u64>treeGroup(tree) + <u64>width > <u64>groups) return false;
  const nodes = load<u32>(tree, 0);
  if (heap) {
    if (depth > 12 || plane != <u32>1 << depth) return false;
    const count = max<u32>(1, plane - 1);
    if (!inside(nodes, count, 2, bytes) || maxHalf(image + nodes, count) >= rows) return false;
    // The one node of a tree of depth 0 is padding, which the batch kernel reads.
    if (depth == 0 && load<u16>(image + nodes) != 0) return false;
  } else {
    if (plane == 0 || plane > 0x7fffffff) return false;
    if (!inside(nodes, <u64>plane * 2, 4, bytes) || !linksAreTree(image + nodes, plane, rows, marks)) return false;
  }
  return inside(load<u32>(tree, 4), <u64>plane * <u64>width, 4, bytes)
    && inside(load<u32>(tree, 20), plane, leafIdsAreWide(image) ? 4 : 2, bytes);
}

/**
 * Index of the first tree of a tile that would lead a kernel outside the image or into a cycle; -1 if none does. The
 * tree table itself must lie inside the image.
 *
 * @param marks scratch: a byte for every 8 bytes of the image
 */
export function firstUnsoundTree(image: usize, bytes: u32, tile: usize, groups: u32, marks: usize): i32 {
  const heap = tileIsHeap(tile);
  for (let t = tileFirstTree(tile), end = tileEndTree(tile); t < end; ++t) {
    if (!treeIsSound(image, bytes, record(treeTable(image), t), heap, tileRows(tile), groups, marks)) return t;
  }
  return -1;
}

/** Nodes that a walk over a valid tree can reach: contributions keep them in memory, with a cover each. */
function nodeCount(image: usize, tree: usize, heap: bool): u32 {
  const plane = <u32>treePlane(tree);
  return heap ? 2 * countNonzero(treeNodes(image, tree), plane - 1) + 1 : plane;
}

/** Index of the first tree of a tile whose covers do not lie inside the image; -1 if all do. */
export function firstTreeWithoutCovers(image: usize, bytes: u32, tile: usize, covers: u32): i32 {
  const heap = tileIsHeap(tile);
  for (let t = tileFirstTree(tile), end = tileEndTree(tile); t < end; ++t) {
    const offset = load<u32>(image + covers + (<usize>t << 2));
    if (!inside(offset, nodeCount(image, record(treeTable(image), t), heap), 4, bytes)) return t;
  }
  return -1;
}
