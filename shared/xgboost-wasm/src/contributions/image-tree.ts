import {
  FEATURE_WORDS,
  Header,
  SEGMENT_WORDS,
  TILE_WORDS,
  TileKind,
  TREE_WORDS,
} from '../compile/image-layout.ts';

/** One tree of a compiled image, in preorder. */
export interface ImageTree {
  readonly group: number;
  readonly width: number;
  /** By node: row of the tile's predicate table, or 0 for a leaf. */
  readonly row: Int32Array;
  /** By node: column that the node splits on; -1 for a leaf. */
  readonly column: Int32Array;
  /** By node: right child; the left one follows its parent. */
  readonly right: Int32Array;
  /** By node and output: leaf values, 0 for inner nodes. */
  readonly value: Float32Array;
  readonly cover: Float32Array;
  readonly depth: number;
}

/** Column of every row of a tile's predicate table. */
function columnsOfTile(words: Uint32Array, tile: number): Int32Array {
  const rows = words[tile + 2] ?? 0;
  const columns = new Int32Array(rows).fill(-1);
  const segments = (words[tile + 4] ?? 0) >> 2;
  const features = (words[tile + 6] ?? 0) >> 2;
  for (let i = 0; i < (words[tile + 3] ?? 0); i++) {
    const at = segments + i * SEGMENT_WORDS;
    const column = words[features + (words[at] ?? 0) * FEATURE_WORDS] ?? 0;
    const first = words[at + 1] ?? 0;
    columns.fill(column, first, first + (words[at + 2] ?? 0) + 1);
  }
  return columns;
}

function readTree(
  image: ArrayBuffer,
  words: Uint32Array,
  index: number,
  heap: boolean,
  columns: Int32Array,
): ImageTree {
  const at = ((words[Header.treeTable] ?? 0) >> 2) + index * TREE_WORDS;
  const [nodes = 0, leaves = 0, depth = 0, group = 0, width = 1, , plane = 0] = words.subarray(
    at,
    at + TREE_WORDS,
  );
  const covers = words[((words[Header.shapTable] ?? 0) >> 2) + index] ?? 0;
  // Rows of 16 bits or pairs of words: a view of the other kind may be misaligned there.
  const heapRows = heap ? new Uint16Array(image, nodes, 2 ** depth - 1) : new Uint16Array(0);
  const links = heap ? new Uint32Array(0) : new Uint32Array(image, nodes, plane * 2);
  const values = new Float32Array(image, leaves, plane * width);
  const row: number[] = [];
  const column: number[] = [];
  const right: number[] = [];
  const value: number[] = [];
  const stack = [0];
  const parents = [-1];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const parent = parents.pop() ?? -1;
    const here = row.length;
    if (parent >= 0) right[parent] = here;
    const predicate = (heap ? heapRows[node] : links[2 * node]) ?? 0;
    row.push(predicate);
    right.push(-1);
    column.push(predicate === 0 ? -1 : (columns[predicate] ?? -1));
    if (predicate === 0) {
      let slot = node;
      if (heap) {
        while (slot < plane - 1) slot = 2 * slot + 1;
        slot -= plane - 1;
      }
      for (let k = 0; k < width; k++) value.push(values[k * plane + slot] ?? 0);
      continue;
    }
    for (let k = 0; k < width; k++) value.push(0);
    const left = heap ? 2 * node + 1 : (links[2 * node + 1] ?? 0);
    stack.push(left + 1, left);
    parents.push(here, -1);
  }
  return {
    group,
    width,
    row: Int32Array.from(row),
    column: Int32Array.from(column),
    right: Int32Array.from(right),
    value: Float32Array.from(value),
    cover: new Float32Array(image, covers, row.length),
    depth,
  };
}

/** Reads the trees back from an image, tile by tile; a packed one has been checked (see pack/check-image.ts). */
export function* readImageTrees(image: ArrayBuffer): Generator<ImageTree> {
  const words = new Uint32Array(image, 0, image.byteLength >> 2);
  for (let t = 0; t < (words[Header.tileCount] ?? 0); t++) {
    const tile = ((words[Header.tileTable] ?? 0) >> 2) + t * TILE_WORDS;
    const columns = columnsOfTile(words, tile);
    const heap = words[tile + 5] === TileKind.heap;
    for (let i = words[tile] ?? 0; i < (words[tile + 1] ?? 0); i++)
      yield readTree(image, words, i, heap, columns);
  }
}
