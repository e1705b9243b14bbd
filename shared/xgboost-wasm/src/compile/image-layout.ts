/**
 * The layout of a compiled model, the same in wasm memory and in a packed file: a header of 32-bit words,
 * then records and arrays, all little-endian, offsets in bytes from the start of the image.
 * assembly/image.ts reads what this file describes; change both together and raise `IMAGE_VERSION`.
 */
export const IMAGE_VERSION = 1;

/** Word indices of the header. */
export const Header = {
  featureCount: 0,
  groupCount: 1,
  treeCount: 2,
  maxUsedFeatures: 3,
  tileCount: 5,
  tileTable: 6,
  treeTable: 7,
  maxPredicateRows: 8,
  linearWeights: 9,
  shapTable: 10,
  shapDepth: 11,
  version: 12,
  bytes: 13,
  /** 2 or 4: leaf ids of 16 bits suffice for most models. */
  leafIdBytes: 14,
  /** Where the covers begin; they are last, so that a packed model can leave them out. */
  coversStart: 15,
  words: 16,
} as const;

/** Used feature: { column, cutCount, searchSteps, cuts, isCategorical, categoryCount, buckets, 0 }. */
export const FEATURE_WORDS = 8;
/** Buckets: { low, factor, last bucket, window, mode, 0, 0, 0 }, then the starts, 16 bits each. */
export const BUCKET_HEADER_WORDS = 8;
/** Tile: { firstTree, endTree, predicateRows, segmentCount, segments, kind, features, featureCount }. */
export const TILE_WORDS = 8;
/** Segment: { feature, firstRow, count, kind, missingRank, map, words, 0 }. */
export const SEGMENT_WORDS = 8;
/** Tree: { nodes, leaves, depth, group, width, leafIds, 0, 0 }. */
export const TREE_WORDS = 8;

export const TileKind = { heap: 0, explicit: 1 } as const;
export const SegmentKind = {
  numeric: 0,
  /** One set, as bits by category: { feature, row, 1, kind, missing answer, bits, words }. */
  set: 1,
  /**
   * All sets of a column, as bits by category and set: { feature, firstRow, sets, kind, categories, bits, stride }.
   * A row of `stride` bytes for a missing value, one for an unknown category, then one a category.
   */
  matrix: 2,
} as const;
/** Columns with more categories keep their sets one by one. */
export const MAX_MATRIX_CATEGORIES = 4096;

/** A heap tile's predicate table must fit the static table of the kernels. */
export const HEAP_PREDICATE_ROWS = 16_384;
/** Trees of any shape are walked row by row: a larger table costs little more, and saves filling it often. */
export const EXPLICIT_PREDICATE_ROWS = 65_536;
