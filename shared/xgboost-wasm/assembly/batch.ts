import { BITS, INDEX, record, treeDepth, treeGroup, treeLeaves, treeNodes, treePlane, treeWidth } from './image';
import { evaluatePlanes } from './planes';

/** Levels that are evaluated bit-sliced; the index is a byte. */
const SLICED: i32 = 8;

@inline
function leafOf(leaves: usize, row: usize): usize {
  return leaves + (<usize>load<u8>(row, INDEX) << 2);
}

/** Adds one output's leaves, picked by the bytes at INDEX, to 256 sums. */
function addLeaves(leaves: usize, sums: usize): void {
  for (let row: usize = 0; row < 256; row += 8) {
    let a = v128.load32_zero(leafOf(leaves, row));
    let b = v128.load32_zero(leafOf(leaves, row + 4));
    a = v128.load_lane<u32>(leafOf(leaves, row + 1), a, 1);
    b = v128.load_lane<u32>(leafOf(leaves, row + 5), b, 1);
    a = v128.load_lane<u32>(leafOf(leaves, row + 2), a, 2);
    b = v128.load_lane<u32>(leafOf(leaves, row + 6), b, 2);
    a = v128.load_lane<u32>(leafOf(leaves, row + 3), a, 3);
    b = v128.load_lane<u32>(leafOf(leaves, row + 7), b, 3);
    const to = sums + (row << 2);
    v128.store(to, f32x4.add(v128.load(to), a));
    v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
  }
}

/** One more level for one row: `byte` is its place in a predicate line, `bit` its bit there. */
@inline
function deeper(level: usize, position: usize, byte: usize, bit: i32): usize {
  const line = <usize>load<u16>(level + (position << 1)) << 5;
  return (position << 1) + <usize>((<i32>load<u8>(line + byte, BITS) >>> bit) & 1);
}

/** Walks on below the sliced levels, four rows at a time, and adds the leaves. */
function addDeepLeaves(nodes: usize, depth: i32, leaves: usize, plane: usize, width: i32, sums: usize): void {
  for (let row: usize = 0; row < 256; row += 4) {
    const bit = <i32>(row >> 4 & 7);
    const byte = (row & 15) | (row >> 7 << 4);
    let i0 = <usize>load<u8>(row, INDEX), i1 = <usize>load<u8>(row, INDEX + 1);
    let i2 = <usize>load<u8>(row, INDEX + 2), i3 = <usize>load<u8>(row, INDEX + 3);
    for (let level = SLICED; level < depth; ++level) {
      const base = nodes + (((<usize>1 << level) - 1) << 1);
      i0 = deeper(base, i0, byte, bit);
      i1 = deeper(base, i1, byte + 1, bit);
      i2 = deeper(base, i2, byte + 2, bit);
      i3 = deeper(base, i3, byte + 3, bit);
    }
    let to = sums + (row << 2);
    let from = leaves;
    for (let k = width; k > 0; --k) {
      store<f32>(to, load<f32>(to) + load<f32>(from + (i0 << 2)));
      store<f32>(to, load<f32>(to, 4) + load<f32>(from + (i1 << 2)), 4);
      store<f32>(to, load<f32>(to, 8) + load<f32>(from + (i2 << 2)), 8);
      store<f32>(to, load<f32>(to, 12) + load<f32>(from + (i3 << 2)), 12);
      from += plane;
      to += 1024;
    }
  }
}

/**
 * Adds the heap trees [begin, end) to the sums of 256 rows, whose predicates are at BITS.
 *
 * @param sums 256 floats a group, group after group
 */
export function addHeapBlock(image: usize, trees: usize, begin: i32, end: i32, sums: usize): void {
  for (let t = begin; t < end; ++t) {
    const tree = record(trees, t);
    const depth = treeDepth(tree);
    const nodes = treeNodes(image, tree);
    const plane = <usize>treePlane(tree) << 2;
    const width = treeWidth(tree);
    let leaves = treeLeaves(image, tree);
    let to = sums + (<usize>treeGroup(tree) << 10);
    // A tree of one leaf asks nothing: its padding node is row 0, so every index is 0.
    evaluatePlanes(nodes, min(max(depth, 1), SLICED));
    if (depth > SLICED) {
      addDeepLeaves(nodes, depth, leaves, plane, width, to);
      continue;
    }
    for (let k = width; k > 0; --k) {
      addLeaves(leaves, to);
      leaves += plane;
      to += 1024;
    }
  }
}
