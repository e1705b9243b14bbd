import { addHeapBlock } from './batch';
import { fillBits } from './fill-bits';
import { fillBytes } from './fill-bytes';
import {
  BYTES, groupCount, record, tileCount, tileEndTree, tileFeatures, tileFirstTree, tileIsHeap, tileRows, tileTable, treeTable,
} from './image';
import { rankBlock } from './rank';
import { addExplicitRow, addHeapRow, leafIdsOfRow } from './walk';

/** From this many rows on a block is evaluated bit-sliced; fewer rows are walked one by one. */
const MIN_SLICED_ROWS: i32 = 40;
/** Rows whose answers are held at a time for explicit trees. */
const EXPLICIT_ROWS: i32 = 16;
/** Sums are kept by group, 1 KB each, while a block is evaluated. */
const MAX_SLICED_GROUPS: i32 = 256;

/** out (n x groups) to sums (groups x 256), or back. */
@inline
function gather(out: usize, n: i32, groups: i32, sums: usize): void {
  for (let i = 0; i < n; ++i) {
    for (let g = 0; g < groups; ++g) {
      store<f32>(sums + (<usize>((g << 8) + i) << 2), load<f32>(out + (<usize>(i * groups + g) << 2)));
    }
  }
}

@inline
function scatter(sums: usize, n: i32, groups: i32, out: usize): void {
  for (let i = 0; i < n; ++i) {
    for (let g = 0; g < groups; ++g) {
      store<f32>(out + (<usize>(i * groups + g) << 2), load<f32>(sums + (<usize>((g << 8) + i) << 2)));
    }
  }
}

/** Explicit trees, a few rows and eight trees at a time, so that the trees are read from the nearest cache. */
function addExplicitBlock(
  image: usize, tile: usize, trees: usize, first: i32, last: i32, n: i32, out: usize, stride: usize,
  ranks: usize, categories: usize, table: usize,
): void {
  const tableBytes = (<usize>tileRows(tile) + 31) & ~15;
  for (let i = 0; i < n; i += EXPLICIT_ROWS) {
    const count = min(EXPLICIT_ROWS, n - i);
    for (let k = 0; k < count; ++k) fillBytes(image, tile, ranks, categories, i + k, table + <usize>k * tableBytes);
    for (let t = first; t < last; t += 8) {
      const end = min(t + 8, last);
      for (let k = 0; k < count; ++k) {
        addExplicitRow(image, trees, t, end, table + <usize>k * tableBytes, out + <usize>(i + k) * stride);
      }
    }
  }
}

/**
 * Adds the trees [begin, end) to the margins of up to 256 rows.
 *
 * @param rows n x featureCount, row-major
 * @param out n x groupCount, row-major, holding the base margins
 * @param ranks scratch: 256 words a used feature; `categories`: the same again
 * @param table scratch for the answers of 16 rows in tiles of explicit trees, or a word a row
 * @param sums scratch: 256 floats a group, for at most 256 groups
 */
export function predictBlock(
  image: usize, rows: usize, n: i32, missing: f32, begin: i32, end: i32, out: usize,
  ranks: usize, categories: usize, table: usize, sums: usize,
): void {
  const groups = groupCount(image);
  const stride = <usize>groups << 2;
  const trees = treeTable(image);
  const sliced = n >= MIN_SLICED_ROWS && groups <= MAX_SLICED_GROUPS;
  let ranked: usize = 0;
  for (let t = 0, tiles = tileCount(image); t < tiles; ++t) {
    const tile = record(tileTable(image), t);
    const first = max(begin, tileFirstTree(tile));
    const last = min(end, tileEndTree(tile));
    if (first >= last) continue;
    if (tileFeatures(image, tile) != ranked) {
      ranked = tileFeatures(image, tile);
      rankBlock(image, tile, rows, n, missing, ranks, categories);
    }
    if (!tileIsHeap(tile)) {
      addExplicitBlock(image, tile, trees, first, last, n, out, stride, ranks, categories, table);
    } else if (sliced) {
      gather(out, n, groups, sums);
      fillBits(image, tile, ranks, categories, table, n);
      addHeapBlock(image, trees, first, last, sums);
      scatter(sums, n, groups, out);
    } else {
      for (let i = 0; i < n; ++i) {
        fillBytes(image, tile, ranks, categories, i, BYTES);
        addHeapRow(image, trees, first, last, out + <usize>i * stride);
      }
    }
  }
}

/** Leaf ids of up to 256 rows: out is n x (end - begin). */
export function leavesOfBlock(
  image: usize, rows: usize, n: i32, missing: f32, begin: i32, end: i32, out: usize,
  ranks: usize, categories: usize, table: usize,
): void {
  const trees = treeTable(image);
  const stride = <usize>(end - begin) << 2;
  let ranked: usize = 0;
  for (let t = 0, tiles = tileCount(image); t < tiles; ++t) {
    const tile = record(tileTable(image), t);
    const first = max(begin, tileFirstTree(tile));
    const last = min(end, tileEndTree(tile));
    if (first >= last) continue;
    if (tileFeatures(image, tile) != ranked) {
      ranked = tileFeatures(image, tile);
      rankBlock(image, tile, rows, n, missing, ranks, categories);
    }
    const heap = tileIsHeap(tile);
    const answers = heap ? BYTES : table;
    for (let i = 0; i < n; ++i) {
      fillBytes(image, tile, ranks, categories, i, answers);
      leafIdsOfRow(image, trees, first, last, heap, answers, out + <usize>i * stride - (<usize>begin << 2));
    }
  }
}
