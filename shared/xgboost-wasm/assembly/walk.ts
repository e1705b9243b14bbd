import {
  BYTES, leafIdsAreWide, record, treeDepth, treeGroup, treeLeafIds, treeLeaves, treeNodes, treePlane, treeWidth,
} from './image';

/** One step down a heap: node i asks its predicate and goes to 2i + 1 or 2i + 2. */
@inline
function step(nodes: usize, i: usize): usize {
  return (i << 1) + <usize>load<u8>(<usize>load<u16>(nodes + (i << 1)), BYTES) + 1;
}

/** Position of a row's leaf among the 2^depth of a heap tree, from the answers at BYTES. */
@inline
export function heapLeaf(nodes: usize, depth: i32): usize {
  let i: usize = 0;
  for (let d = depth; d > 0; --d) i = step(nodes, i);
  return i + 1 - (<usize>1 << depth);
}

/** Position of a row's leaf in an explicit tree, from the answers at `table`. */
@inline
export function explicitLeaf(nodes: usize, depth: i32, table: usize): usize {
  let i: usize = 0;
  for (let d = depth; d > 0; --d) {
    const node = load<u64>(nodes + (i << 3));
    const next = <usize>(node >> 32) + <usize>load<u8>(table + <usize>node);
    if (next == i) break;
    i = next;
  }
  return i;
}

@inline
function addLeaf(image: usize, tree: usize, leaf: usize, out: usize): void {
  const plane = <usize>treePlane(tree) << 2;
  let value = treeLeaves(image, tree) + (leaf << 2);
  let to = out + (<usize>treeGroup(tree) << 2);
  for (let k = treeWidth(tree); k > 0; --k) {
    store<f32>(to, load<f32>(to) + load<f32>(value));
    value += plane;
    to += 4;
  }
}

/** Adds the leaves of heap trees [begin, end) to one row's margins; 8 trees are walked at a time. */
export function addHeapRow(image: usize, trees: usize, begin: i32, end: i32, out: usize): void {
  let t = begin;
  for (; t + 8 <= end; t += 8) {
    const r0 = record(trees, t);
    const n0 = treeNodes(image, r0), n1 = treeNodes(image, r0 + 32), n2 = treeNodes(image, r0 + 64);
    const n3 = treeNodes(image, r0 + 96), n4 = treeNodes(image, r0 + 128), n5 = treeNodes(image, r0 + 160);
    const n6 = treeNodes(image, r0 + 192), n7 = treeNodes(image, r0 + 224);
    const depth = treeDepth(r0);
    if (depth != treeDepth(r0 + 32) || depth != treeDepth(r0 + 64) || depth != treeDepth(r0 + 96)
      || depth != treeDepth(r0 + 128) || depth != treeDepth(r0 + 160) || depth != treeDepth(r0 + 192)
      || depth != treeDepth(r0 + 224)) {
      for (let k = 0; k < 8; ++k) {
        const r = r0 + (<usize>k << 5);
        addLeaf(image, r, heapLeaf(treeNodes(image, r), treeDepth(r)), out);
      }
      continue;
    }
    let i0: usize = 0, i1: usize = 0, i2: usize = 0, i3: usize = 0;
    let i4: usize = 0, i5: usize = 0, i6: usize = 0, i7: usize = 0;
    for (let d = depth; d > 0; --d) {
      i0 = step(n0, i0); i1 = step(n1, i1); i2 = step(n2, i2); i3 = step(n3, i3);
      i4 = step(n4, i4); i5 = step(n5, i5); i6 = step(n6, i6); i7 = step(n7, i7);
    }
    const first = (<usize>1 << depth) - 1;
    addLeaf(image, r0, i0 - first, out);
    addLeaf(image, r0 + 32, i1 - first, out);
    addLeaf(image, r0 + 64, i2 - first, out);
    addLeaf(image, r0 + 96, i3 - first, out);
    addLeaf(image, r0 + 128, i4 - first, out);
    addLeaf(image, r0 + 160, i5 - first, out);
    addLeaf(image, r0 + 192, i6 - first, out);
    addLeaf(image, r0 + 224, i7 - first, out);
  }
  for (; t < end; ++t) {
    const r = record(trees, t);
    addLeaf(image, r, heapLeaf(treeNodes(image, r), treeDepth(r)), out);
  }
}

@inline
function hop(nodes: usize, i: usize, table: usize): usize {
  const node = load<u64>(nodes + (i << 3));
  return <usize>(node >> 32) + <usize>load<u8>(table + <usize>node);
}

/** The same for explicit trees; a group of eight stops when all stand on leaves, which are their own children. */
export function addExplicitRow(image: usize, trees: usize, begin: i32, end: i32, table: usize, out: usize): void {
  let t = begin;
  for (; t + 8 <= end; t += 8) {
    const r0 = record(trees, t);
    const n0 = treeNodes(image, r0), n1 = treeNodes(image, r0 + 32), n2 = treeNodes(image, r0 + 64);
    const n3 = treeNodes(image, r0 + 96), n4 = treeNodes(image, r0 + 128), n5 = treeNodes(image, r0 + 160);
    const n6 = treeNodes(image, r0 + 192), n7 = treeNodes(image, r0 + 224);
    let i0: usize = 0, i1: usize = 0, i2: usize = 0, i3: usize = 0;
    let i4: usize = 0, i5: usize = 0, i6: usize = 0, i7: usize = 0;
    for (;;) {
      i0 = hop(n0, i0, table); i1 = hop(n1, i1, table); i2 = hop(n2, i2, table); i3 = hop(n3, i3, table);
      i4 = hop(n4, i4, table); i5 = hop(n5, i5, table); i6 = hop(n6, i6, table); i7 = hop(n7, i7, table);
      i0 = hop(n0, i0, table); i1 = hop(n1, i1, table); i2 = hop(n2, i2, table); i3 = hop(n3, i3, table);
      i4 = hop(n4, i4, table); i5 = hop(n5, i5, table); i6 = hop(n6, i6, table); i7 = hop(n7, i7, table);
      const j0 = hop(n0, i0, table), j1 = hop(n1, i1, table), j2 = hop(n2, i2, table), j3 = hop(n3, i3, table);
      let moved = (i0 ^ j0) | (i1 ^ j1) | (i2 ^ j2) | (i3 ^ j3);
      i0 = j0; i1 = j1; i2 = j2; i3 = j3;
      const j4 = hop(n4, i4, table), j5 = hop(n5, i5, table), j6 = hop(n6, i6, table), j7 = hop(n7, i7, table);
      moved |= (i4 ^ j4) | (i5 ^ j5) | (i6 ^ j6) | (i7 ^ j7);
      i4 = j4; i5 = j5; i6 = j6; i7 = j7;
      if (moved == 0) break;
    }
    addLeaf(image, r0, i0, out);
    addLeaf(image, r0 + 32, i1, out);
    addLeaf(image, r0 + 64, i2, out);
    addLeaf(image, r0 + 96, i3, out);
    addLeaf(image, r0 + 128, i4, out);
    addLeaf(image, r0 + 160, i5, out);
    addLeaf(image, r0 + 192, i6, out);
    addLeaf(image, r0 + 224, i7, out);
  }
  for (; t < end; ++t) {
    const r = record(trees, t);
    addLeaf(image, r, explicitLeaf(treeNodes(image, r), treeDepth(r), table), out);
  }
}

/** Node numbers (of the file) of the leaves that one row falls into, as floats like XGBoost's pred_leaf. */
export function leafIdsOfRow(
  image: usize, trees: usize, begin: i32, end: i32, heap: bool, table: usize, out: usize,
): void {
  const wide = leafIdsAreWide(image);
  for (let t = begin; t < end; ++t) {
    const r = record(trees, t);
    const leaf = heap
      ? heapLeaf(treeNodes(image, r), treeDepth(r))
      : explicitLeaf(treeNodes(image, r), treeDepth(r), table);
    const ids = treeLeafIds(image, r);
    const id = wide ? load<u32>(ids + (leaf << 2)) : <u32>load<u16>(ids + (leaf << 1));
    store<f32>(out + (<usize>t << 2), f32(id));
  }
}
