import type { FlatTree } from './flat-tree.ts';
import type { ImageWriter } from './image-writer.ts';

export interface WrittenTree {
  readonly nodes: number;
  readonly leaves: number;
  readonly leafIds: number;
}

/**
 * Writes a tree as an implicit heap: 2^depth - 1 predicate rows of 16 bits, level by level, then 2^depth leaves.
 * Below a shallow leaf all predicates are row 0 (never true), so only the leftmost slot is reached.
 */
export function writeHeapTree(
  writer: ImageWriter,
  tree: FlatTree,
  predicateOf: Int32Array,
  rowOf: Int32Array,
  leafIdBytes: number,
): WrittenTree {
  const { depth, source, original, right } = tree;
  const leafSlots = 2 ** depth;
  const { width, leafValues } = source;
  const nodes = writer.reserve(Math.max(2, (leafSlots - 1) * 2));
  const leaves = writer.reserve(leafSlots * width * 4);
  const leafIds = writer.reserve(leafSlots * leafIdBytes);
  const rows = writer.halves(nodes, leafSlots - 1);
  const values = writer.floats(leaves, leafSlots * width);
  const ids = writer.integers(leafIds, leafSlots, leafIdBytes);
  const positions = new Int32Array(right.length);
  for (let i = 0; i < right.length; i++) {
    let position = positions[i] ?? 0;
    const r = right[i] ?? -1;
    if (r >= 0) {
      rows[position] = rowOf[predicateOf[i] ?? 0] ?? 0;
      positions[i + 1] = 2 * position + 1;
      positions[r] = 2 * position + 2;
      continue;
    }
    while (position < leafSlots - 1) position = 2 * position + 1;
    const slot = position - (leafSlots - 1);
    const node = original[i] ?? 0;
    ids[slot] = node;
    // One plane of leaves an output, so that the kernels add one output at a time.
    for (let k = 0; k < width; k++) values[k * leafSlots + slot] = leafValues[node * width + k] ?? 0;
  }
  return { nodes, leaves, leafIds };
}
