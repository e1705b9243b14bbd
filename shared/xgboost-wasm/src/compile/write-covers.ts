import type { FlatTree } from './flat-tree.ts';
import type { ImageWriter } from './image-writer.ts';

/**
 * Writes the covers (sums of hessians) of every tree in preorder, which is all that TreeSHAP needs in addition to the
 * data of the predicting kernels. Returns the offset of a table of one offset a tree; 0 when a tree has no covers.
 */
export function writeCovers(writer: ImageWriter, trees: readonly FlatTree[]): number {
  if (trees.some((tree) => tree.source.cover === null)) return 0;
  const table = writer.reserve(Math.max(1, trees.length) * 4);
  trees.forEach((tree, i) => {
    const { original, source } = tree;
    const offset = writer.reserve(original.length * 4);
    const covers = writer.floats(offset, original.length);
    for (let k = 0; k < covers.length; k++) covers[k] = source.cover?.[original[k] ?? 0] ?? 0;
    writer.words(table + 4 * i, 1)[0] = offset;
  });
  return table;
}
