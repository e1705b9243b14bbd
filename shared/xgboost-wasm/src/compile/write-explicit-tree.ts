import type { FlatTree } from './flat-tree.ts';
import type { ImageWriter } from './image-writer.ts';
import type { WrittenTree } from './write-heap-tree.ts';

/**
 * Writes a tree of any shape: 8 bytes a node, { predicate row, left child }, the right child after the left one. A
 * leaf asks row 0 (never true) and is its own child, so a walk may continue past it.
 */
export function writeExplicitTree(
  writer: ImageWriter,
  tree: FlatTree,
  predicateOf: Int32Array,
  rowOf: Int32Array,
  leafIdBytes: number,
): WrittenTree {
  const { source, original, right } = tree;
  const { width, leafValues } = source;
  const count = right.length;
  const nodes = writer.reserve(count * 8);
  const leaves = writer.reserve(count * width * 4);
  const leafIds = writer.reserve(count * leafIdBytes);
  const records = writer.words(nodes, count * 2);
  const values = writer.floats(leaves, count * width);
  const ids = writer.integers(leafIds, count, leafIdBytes);
  const places = new Int32Array(count);
  let next = 1;
  for (let i = 0; i < count; i++) {
    const place = places[i] ?? 0;
    const node = original[i] ?? 0;
    const r = right[i] ?? -1;
    ids[place] = node;
    if (r < 0) {
      records[2 * place + 1] = place;
      for (let k = 0; k < width; k++) values[k * count + place] = leafValues[node * width + k] ?? 0;
      continue;
    }
    records[2 * place] = rowOf[predicateOf[i] ?? 0] ?? 0;
    records[2 * place + 1] = next;
    places[i + 1] = next;
    places[r] = next + 1;
    next += 2;
  }
  return { nodes, leaves, leafIds };
}
