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
  const pendingNode: number[] = [0];
  const pendingParent: number[] = [-1];
  const pendingDepth: number[] = [0];
  let count = 0;
  let depth = 0;
  let leafCount = 0;
  while (pendingNode.length > 0) {
    const node = pendingNode.pop() ?? 0;
    const parent = pendingParent.pop() ?? -1;
    const level = pendingDepth.pop() ?? 0;
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
    pendingNode.push(right[node] ?? 0, l);
    pendingParent.push(at, -1);
    pendingDepth.push(level + 1, level + 1);
  }
  return { source, original: original.slice(0, count), right: flatRight.slice(0, count), depth, leafCount };
}
