import type { Forest, TreeBooster } from '../forest/forest.ts';
import { type FlatTree, TreeFlattener } from './flat-tree.ts';
import {
  EXPLICIT_PREDICATE_ROWS,
  HEAP_PREDICATE_ROWS,
  Header,
  IMAGE_VERSION,
  TILE_WORDS,
  TileKind,
  TREE_WORDS,
} from './image-layout.ts';
import { ImageWriter } from './image-writer.ts';
import { planTiles } from './plan-tiles.ts';
import { collectPredicates } from './predicates.ts';
import { writeCovers } from './write-covers.ts';
import { writeExplicitTree } from './write-explicit-tree.ts';
import { writeFeatures } from './write-features.ts';
import { writeHeapTree } from './write-heap-tree.ts';
import { writeSegments } from './write-segments.ts';

const MAX_HEAP_DEPTH = 12;
/** A heap may have at most this many times as many leaves as the trees. */
const MAX_HEAP_WASTE = 8;

/**
 * Tiles share one ranking of the values and map it to their own cuts. With many tiles over many cuts the maps would
 * outgrow the model, so then each tile ranks by itself.
 */
const MAX_RANK_MAP_WORDS = 1 << 18;

/** Which kernel family fits the shape of the trees. */
export type Kernel = 'heap' | 'explicit' | 'linear';

function chooseKernel(trees: readonly FlatTree[]): Kernel {
  let slots = 0;
  let leaves = 0;
  let predicates = 0;
  for (const tree of trees) {
    if (tree.depth > MAX_HEAP_DEPTH) return 'explicit';
    slots += 2 ** tree.depth;
    leaves += tree.leafCount;
    predicates = Math.max(predicates, tree.leafCount - 1);
  }
  if (slots > leaves * MAX_HEAP_WASTE) return 'explicit';
  return predicates * 2 + 2 > HEAP_PREDICATE_ROWS ? 'explicit' : 'heap';
}

function writeTrees(
  writer: ImageWriter,
  booster: TreeBooster,
): { kernel: Kernel; fill: (header: Uint32Array) => void } {
  const flattener = new TreeFlattener();
  const trees = booster.trees.map((tree) => flattener.flatten(tree));
  const kernel = chooseKernel(trees);
  const leafIdBytes = trees.some((tree) => tree.source.left.length > 65_536) ? 4 : 2;
  const predicates = collectPredicates(trees);
  const tiles = planTiles(predicates, kernel === 'heap' ? HEAP_PREDICATE_ROWS : EXPLICIT_PREDICATE_ROWS);
  const cuts = predicates.features.reduce((sum, feature) => sum + feature.cuts.length, 0);
  const ownFeatures = tiles.length > 1 && tiles.length * cuts > MAX_RANK_MAP_WORDS;
  const sharedTable = ownFeatures ? 0 : writeFeatures(writer, predicates.features);
  const tileTable = writer.reserve(tiles.length * TILE_WORDS * 4);
  const treeTable = writer.reserve(trees.length * TREE_WORDS * 4);
  let maxRows = 1;
  let maxFeatures = 0;
  tiles.forEach((tile, t) => {
    const segments = writeSegments(writer, predicates, tile, ownFeatures);
    const featureTable = ownFeatures ? writeFeatures(writer, segments.features) : sharedTable;
    const featureCount = ownFeatures ? segments.features.length : predicates.features.length;
    maxFeatures = Math.max(maxFeatures, featureCount);
    maxRows = Math.max(maxRows, segments.rows);
    const kind =
      kernel === 'heap' && segments.rows <= HEAP_PREDICATE_ROWS ? TileKind.heap : TileKind.explicit;
    for (let i = tile.firstTree; i < tile.endTree; i++) {
      const tree = trees[i];
      const predicateOf = predicates.ofNode[i];
      if (tree === undefined || predicateOf === undefined) continue;
      const write = kind === TileKind.heap ? writeHeapTree : writeExplicitTree;
      const { nodes, leaves, leafIds } = write(writer, tree, predicateOf, segments.rowOf, leafIdBytes);
      const { group, width } = tree.source;
      const plane = kind === TileKind.heap ? 2 ** tree.depth : tree.right.length;
      writer
        .words(treeTable + i * TREE_WORDS * 4, TREE_WORDS)
        .set([nodes, leaves, tree.depth, group, width, leafIds, plane]);
    }
    writer
      .words(tileTable + t * TILE_WORDS * 4, TILE_WORDS)
      .set([
        tile.firstTree,
        tile.endTree,
        segments.rows,
        segments.count,
        segments.offset,
        kind,
        featureTable,
        featureCount,
      ]);
  });
  const coversStart = writer.reserve(0);
  const covers = writeCovers(writer, trees);
  return {
    kernel,
    fill: (header) => {
      header[Header.shapTable] = covers;
      header[Header.coversStart] = coversStart;
      header[Header.leafIdBytes] = leafIdBytes;
      header[Header.treeCount] = trees.length;
      header[Header.maxUsedFeatures] = maxFeatures;
      header[Header.tileCount] = tiles.length;
      header[Header.tileTable] = tileTable;
      header[Header.treeTable] = treeTable;
      header[Header.maxPredicateRows] = maxRows;
    },
  };
}

/** Compiles a model into the image that the kernels run on. */
export function compileForest(forest: Forest): { image: Uint8Array; kernel: Kernel } {
  const writer = new ImageWriter();
  writer.reserve(Header.words * 4);
  let kernel: Kernel = 'linear';
  let fill: (header: Uint32Array) => void;
  if (forest.booster.kind === 'tree') {
    ({ kernel, fill } = writeTrees(writer, forest.booster));
  } else {
    const weights = writer.append(forest.booster.weights);
    fill = (header) => {
      header[Header.linearWeights] = weights;
    };
  }
  const image = writer.finish();
  const header = new Uint32Array(image.buffer, 0, Header.words);
  header[Header.featureCount] = forest.featureCount;
  header[Header.groupCount] = forest.groupCount;
  header[Header.version] = IMAGE_VERSION;
  header[Header.bytes] = image.byteLength;
  fill(header);
  return { image, kernel };
}
