import type { Tree } from '../forest/forest.ts';

/** A tree in preorder: node 0 is the root, the left child follows its parent; unreachable nodes are gone. */
export interface FlatTree {
  readonly source: Tree;
  /** Node number in the file. */
  readonly original: Int32Array;
  /** Right child, or -1 for a leaf; the left child is the next node. */
  readonly right: Int32Array;
  readonly depth: number;
  readonly leafCount: number;
}

/** Linearises a checked tree without recursion. */
export function flattenTree(source: Tree): FlatTree {
  const { left, right } = source;
  const original = new Int32Array(left.length);
  const flatRight = new Int32Array(left.length);
  // Nodes to visit, each with the parent whose right child it is (-1 for a left child) and its depth.
  const nodes = new Int32Array(left.length + 1);
  const parents = new Int32Array(left.length + 1);
  const depths = new Int32Array(left.length + 1);
  parents[0] = -1;
  let pending = 1;
  let count = 0;
  let depth = 0;
  let leafCount = 0;
  while (pending > 0) {
    pending--;
    const node = nodes[pending] ?? 0;
    const parent = parents[pending] ?? -1;
    const level = depths[pending] ?? 0;
    const at = count++;
    original[at] = node;
    flatRight[at] = -1;
    if (parent >= 0) flatRight[parent] = at;
    const l = left[node] ?? -1;
    if (l < 0) {
      leafCount++;
      if (level > depth) depth = level;
      continue;
    }
    nodes[pending] = right[node] ?? 0;
    parents[pending] = at;
    depths[pending++] = level + 1;
    nodes[pending] = l;
    parents[pending] = -1;
    depths[pending++] = level + 1;
  }
  return {
    source,
    original: original.subarray(0, count),
    right: flatRight.subarray(0, count),
    depth,
    leafCount,
  };
}
