import { fillBytes } from './fill-bytes';
import {
  BYTES, groupCount, record, tileCount, tileEndTree, tileFirstTree, tileIsHeap, tileTable, treeTable,
} from './image';
import { rankBlock } from './rank';
import { addExplicitRow, addHeapRow, leafIdsOfRow } from './walk';

/**
 * Adds the trees [begin, end) to the margins of up to 256 rows.
 *
 * @param rows n x featureCount, row-major
 * @param out n x groupCount, row-major, holding the base margins
 * @param ranks scratch: 256 words a used feature; `categories`: the same again
 * @param table scratch for the answers of one row in tiles of explicit trees
 */
export function predictBlock(
  image: usize, rows: usize, n: i32, missing: f32, begin: i32, end: i32, out: usize,
  ranks: usize, categories: usize, table: usize,
): void {
  rankBlock(image, rows, n, missing, ranks, categories);
  const groups = <usize>groupCount(image) << 2;
  const trees = treeTable(image);
  for (let t = 0, tiles = tileCount(image); t < tiles; ++t) {
    const tile = record(tileTable(image), t);
    const first = max(begin, tileFirstTree(tile));
    const last = min(end, tileEndTree(tile));
    if (first >= last) continue;
    const heap = tileIsHeap(tile);
    for (let i = 0; i < n; ++i) {
      const to = out + <usize>i * groups;
      if (heap) {
        fillBytes(image, tile, ranks, categories, i, BYTES);
        addHeapRow(image, trees, first, last, to);
      } else {
        fillBytes(image, tile, ranks, categories, i, table);
        addExplicitRow(image, trees, first, last, table, to);
      }
    }
  }
}

/** Leaf ids of up to 256 rows: out is n x (end - begin). */
export function leavesOfBlock(
  image: usize, rows: usize, n: i32, missing: f32, begin: i32, end: i32, out: usize,
  ranks: usize, categories: usize, table: usize,
): void {
  rankBlock(image, rows, n, missing, ranks, categories);
  const trees = treeTable(image);
  const stride = <usize>(end - begin) << 2;
  for (let t = 0, tiles = tileCount(image); t < tiles; ++t) {
    const tile = record(tileTable(image), t);
    const first = max(begin, tileFirstTree(tile));
    const last = min(end, tileEndTree(tile));
    if (first >= last) continue;
    const heap = tileIsHeap(tile);
    const answers = heap ? BYTES : table;
    for (let i = 0; i < n; ++i) {
      fillBytes(image, tile, ranks, categories, i, answers);
      leafIdsOfRow(image, trees, first, last, heap, answers, out + <usize>i * stride - (<usize>begin << 2));
    }
  }
}
