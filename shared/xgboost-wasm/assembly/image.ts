// The fields of a compiled model; src/compile/image-layout.ts is the other half of this contract.

// Static memory below the allocator's heap. asc places its own constants from 1024 on.
/** Leaf index of each row of a block. */
export const INDEX: usize = 0x4000;
/** Bit planes of the leaf index: 8 of 256 rows, 32 bytes each. */
export const PLANES: usize = 0x4100;
/** Partial results of the bit-sliced evaluation: 32 of 32 bytes. */
export const PARTIAL: usize = 0x4200;
/** 16 bytes of one, then 32 of zero: a sliding mask. */
export const SLIDE: usize = 0x4600;
/** Answers of one row, a byte each. */
export const BYTES: usize = 0x8000;
/** Answers of a block of rows, 32 bytes each. */
export const BITS: usize = 0x10000;
export const HEAP_ROWS: usize = 16384;
/** Start of the allocator's memory. */
export const HEAP_BASE: usize = BITS + HEAP_ROWS * 32;

export const BLOCK: i32 = 256;
export const MISSING: u32 = 0xffffffff;

@inline export function featureCount(image: usize): i32 { return load<i32>(image, 0); }
@inline export function groupCount(image: usize): i32 { return load<i32>(image, 4); }
@inline export function tileCount(image: usize): i32 { return load<i32>(image, 20); }
@inline export function tileTable(image: usize): usize { return image + load<u32>(image, 24); }
@inline export function treeTable(image: usize): usize { return image + load<u32>(image, 28); }
@inline export function linearWeights(image: usize): usize { return image + load<u32>(image, 36); }

@inline export function leafIdsAreWide(image: usize): bool { return load<i32>(image, 56) == 4; }

// Records are 8 words.
@inline export function record(table: usize, index: i32): usize { return table + (<usize>index << 5); }

@inline export function featureColumn(f: usize): i32 { return load<i32>(f, 0); }
@inline export function featureCutCount(f: usize): i32 { return load<i32>(f, 4); }
@inline export function featureSteps(f: usize): i32 { return load<i32>(f, 8); }
@inline export function featureCuts(image: usize, f: usize): usize { return image + load<u32>(f, 12); }
@inline export function featureIsCategorical(f: usize): bool { return load<i32>(f, 16) != 0; }

@inline export function featureHasBuckets(f: usize): bool { return load<u32>(f, 24) != 0; }
@inline export function featureBuckets(image: usize, f: usize): usize { return image + load<u32>(f, 24); }
@inline export function bucketLow(b: usize): f32 { return load<f32>(b, 0); }
@inline export function bucketLowBits(b: usize): i32 { return load<i32>(b, 0); }
@inline export function bucketFactor(b: usize): f32 { return load<f32>(b, 4); }
@inline export function bucketFactorBits(b: usize): i32 { return load<i32>(b, 4); }
@inline export function bucketMask(b: usize): i32 { return load<i32>(b, 8); }
@inline export function bucketWindow(b: usize): i32 { return load<i32>(b, 12); }
@inline export function bucketMode(b: usize): i32 { return load<i32>(b, 16); }
@inline export function bucketStarts(b: usize): usize { return b + 32; }
@inline export function tileFirstTree(t: usize): i32 { return load<i32>(t, 0); }
@inline export function tileEndTree(t: usize): i32 { return load<i32>(t, 4); }
@inline export function tileRows(t: usize): i32 { return load<i32>(t, 8); }
@inline export function tileSegmentCount(t: usize): i32 { return load<i32>(t, 12); }
@inline export function tileSegments(image: usize, t: usize): usize { return image + load<u32>(t, 16); }
@inline export function tileIsHeap(t: usize): bool { return load<i32>(t, 20) == 0; }

/** Features that the tile's segments name; tiles may share one table. */
@inline export function tileFeatures(image: usize, t: usize): usize { return image + load<u32>(t, 24); }
@inline export function tileFeatureCount(t: usize): i32 { return load<i32>(t, 28); }

@inline export function segmentFeature(s: usize): i32 { return load<i32>(s, 0); }
@inline export function segmentFirstRow(s: usize): i32 { return load<i32>(s, 4); }
@inline export function segmentCount(s: usize): i32 { return load<i32>(s, 8); }
/** 0: cuts, 1: a category set, 2: all category sets of a column. */
@inline export function segmentKind(s: usize): i32 { return load<i32>(s, 12); }
/** Rank (cuts) or answer (a set) of a missing value; for a matrix the number of categories. */
@inline export function segmentMissing(s: usize): i32 { return load<i32>(s, 16); }
@inline export function segmentHasMap(s: usize): bool { return load<u32>(s, 20) != 0; }
@inline export function segmentMap(image: usize, s: usize): usize { return image + load<u32>(s, 20); }
/** Words of a set; for a matrix the bytes of a row. */
@inline export function segmentWords(s: usize): i32 { return load<i32>(s, 24); }

@inline export function treeNodes(image: usize, t: usize): usize { return image + load<u32>(t, 0); }
@inline export function treeLeaves(image: usize, t: usize): usize { return image + load<u32>(t, 4); }
@inline export function treeDepth(t: usize): i32 { return load<i32>(t, 8); }
@inline export function treeGroup(t: usize): i32 { return load<i32>(t, 12); }
@inline export function treeWidth(t: usize): i32 { return load<i32>(t, 16); }
@inline export function treeLeafIds(image: usize, t: usize): usize { return image + load<u32>(t, 20); }
/** Leaf values of one output. */
@inline export function treePlane(t: usize): i32 { return load<i32>(t, 24); }
