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

/** Linearises checked trees without recursion. The lists of nodes to visit are reused from tree to tree. */
export class TreeFlattener {
  private nodes = new Int32Array(1024);
  /** The parent whose right child the node is; -1 for a left child. */
  private parents = new Int32Array(1024);
  private depths = new Int32Array(1024);

  private makeRoom(length: number): void {
    if (this.nodes.length >= length) return;
    this.nodes = new Int32Array(length);
    this.parents = new Int32Array(length);
    this.depths = new Int32Array(length);
  }

  flatten(source: Tree): FlatTree {
    const { left, right } = source;
    this.makeRoom(left.length + 1);
    const { nodes, parents, depths } = this;
    const original = new Int32Array(left.length);
    const flatRight = new Int32Array(left.length);
    nodes[0] = 0;
    parents[0] = -1;
    depths[0] = 0;
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
}
