import {
  BUCKET_HEADER_WORDS,
  FEATURE_WORDS,
  HEAP_PREDICATE_ROWS,
  Header,
  MAX_MATRIX_CATEGORIES,
  SEGMENT_WORDS,
  SegmentKind,
  TILE_WORDS,
  TileKind,
  TREE_WORDS,
} from '../compile/image-layout.ts';
import type { Kernels } from '../engine/kernels.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { invalidPacked } from './packed-format.ts';

/** Reads an image in wasm memory by parts, each checked to lie inside it. */
class Parts {
  readonly image: Uint8Array;
  readonly kernels: Kernels;

  constructor(image: Uint8Array, kernels: Kernels) {
    this.image = image;
    this.kernels = kernels;
  }

  /** Address of a part in wasm memory. */
  at(path: string, offset: number, bytes: number, unit: number): number {
    if (offset % unit !== 0 || offset + bytes > this.image.length)
      throw invalidPacked(path, 'lies outside the image');
    return this.image.byteOffset + offset;
  }

  words(path: string, offset: number, count: number): Uint32Array {
    return new Uint32Array(this.image.buffer, this.at(path, offset, count * 4, 4), count);
  }
}

function ensure(condition: boolean, path: string): void {
  if (!condition) throw invalidPacked(path, 'is out of range');
}

function isNanPadding(words: Uint32Array): boolean {
  return words.every((bits) => (bits & 0x7fffffff) > 0x7f800000);
}

function checkBuckets(parts: Parts, path: string, buckets: number, cuts: number, cutsAt: number): void {
  const [, factor = 0, last = 0, window = 0, mode = 0] = parts.words(path, buckets, BUCKET_HEADER_WORDS);
  ensure(last < 65_536 && window <= cuts && mode <= 1 && (mode === 0 || factor < 32), path);
  const starts = parts.at(path, buckets + BUCKET_HEADER_WORDS * 4, 2 * (last + 1), 2);
  ensure(parts.kernels.maxHalf(starts, last + 1) <= cuts, path);
  // A rank is a start and what is counted in its window: the padding must hold the window of the last start.
  const padded = parts.words(path, cutsAt, cuts + window).subarray(cuts);
  ensure(
    padded.every((bits) => (bits & 0x7fffffff) > 0x7f800000),
    path,
  );
}

function checkFeatures(parts: Parts, path: string, tile: Uint32Array, featureCount: number): Uint32Array {
  const features = parts.words(path, tile[6] ?? 0, (tile[7] ?? 0) * FEATURE_WORDS);
  for (let at = 0; at < features.length; at += FEATURE_WORDS) {
    const [column = 0, cuts = 0, steps = 0, offset = 0] = features.subarray(at, at + 4);
    ensure(column < featureCount && steps < 31 && cuts <= 2 ** steps - 1, path);
    // Either search counts a cut only after comparing with it, so NaN padding keeps ranks within the cuts.
    const searched = parts.words(path, offset, Math.max(1, 2 ** steps - 1));
    ensure(isNanPadding(searched.subarray(cuts)), path);
    const buckets = features[at + 6] ?? 0;
    if (buckets !== 0) checkBuckets(parts, path, buckets, cuts, offset);
  }
  return features;
}

function checkSegments(parts: Parts, path: string, tile: Uint32Array, features: Uint32Array): void {
  const rows = tile[2] ?? 0;
  const segments = parts.words(path, tile[4] ?? 0, (tile[3] ?? 0) * SEGMENT_WORDS);
  let next = 1;
  for (let at = 0; at < segments.length; at += SEGMENT_WORDS) {
    const [feature = 0, first = 0, count = 0, kind = 0, missing = 0, map = 0, words = 0] = segments.subarray(
      at,
      at + 7,
    );
    const record = feature * FEATURE_WORDS;
    ensure(record < features.length && first === next, path);
    if (kind === SegmentKind.numeric) {
      next += count + 1;
      ensure(missing <= count, path);
      const cuts = features[record + 1] ?? 0;
      if (map === 0) ensure(cuts === count, path);
      else
        ensure(
          parts.words(path, map, cuts + 1).every((rank) => rank <= count),
          path,
        );
    } else {
      next += count;
      ensure(features[record + 4] === 1, path);
      if (kind === SegmentKind.set) {
        ensure(count === 1 && missing <= 1, path);
        parts.at(path, map, words * 4, 4);
      } else {
        // Here `missing` counts the categories and `words` the bytes of a row.
        ensure(kind === SegmentKind.matrix && missing <= MAX_MATRIX_CATEGORIES && words * 8 >= count, path);
        parts.at(path, map, (missing + 2) * words, 4);
      }
    }
    ensure(next <= rows, path);
  }
  ensure(next === rows, path);
}

/**
 * Checks that no kernel can be led outside a packed image, or round in circles, whatever made the file: the checksum
 * finds accidents, this finds the rest.
 *
 * @param image a view of wasm memory
 *
 * @throws XgboostWasmError `invalid-packed` with the part that is wrong
 */
export function checkImage(image: Uint8Array, info: ModelInfo, kernels: Kernels): void {
  const parts = new Parts(image, kernels);
  const header = parts.words('image.header', 0, Header.words);
  ensure(header[Header.bytes] === image.length, 'image.bytes');
  if (info.kernel === 'linear') {
    ensure(header[Header.maxUsedFeatures] === 0 && header[Header.maxPredicateRows] === 0, 'image.header');
    parts.words(
      'image.weights',
      header[Header.linearWeights] ?? 0,
      (info.featureCount + 1) * info.groupCount,
    );
    return;
  }
  const idBytes = header[Header.leafIdBytes] ?? 0;
  ensure(idBytes === 2 || idBytes === 4, 'image.leafIdBytes');
  const tileCount = header[Header.tileCount] ?? 0;
  const tiles = parts.words('image.tiles', header[Header.tileTable] ?? 0, tileCount * TILE_WORDS);
  parts.at('image.trees', header[Header.treeTable] ?? 0, info.treeCount * TREE_WORDS * 4, 4);
  let next = 0;
  let maxRows = 1;
  let maxFeatures = 0;
  for (let t = 0; t < tileCount; t++) {
    const path = `image.tiles[${t}]`;
    const tile = tiles.subarray(t * TILE_WORDS, (t + 1) * TILE_WORDS);
    const [first = 0, end = 0, rows = 0, , , kind] = tile;
    ensure(first === next && end > first && end <= info.treeCount, path);
    maxRows = Math.max(maxRows, rows);
    maxFeatures = Math.max(maxFeatures, tile[7] ?? 0);
    ensure(kind === TileKind.heap || kind === TileKind.explicit, `${path}.kind`);
    if (kind === TileKind.heap) ensure(rows <= HEAP_PREDICATE_ROWS, `${path}.rows`);
    checkSegments(
      parts,
      `${path}.segments`,
      tile,
      checkFeatures(parts, `${path}.features`, tile, info.featureCount),
    );
    const tileAt = image.byteOffset + (header[Header.tileTable] ?? 0) + t * TILE_WORDS * 4;
    const unsound = kernels.firstUnsoundTree(image.byteOffset, image.length, tileAt, info.groupCount);
    if (unsound >= 0) throw invalidPacked(`image.trees[${unsound}]`, 'is out of range');
    next = end;
  }
  ensure(next === info.treeCount, 'image.tiles');
  ensure(maxRows === header[Header.maxPredicateRows], 'image.header');
  ensure(maxFeatures === header[Header.maxUsedFeatures], 'image.header');
  const covers = header[Header.shapTable] ?? 0;
  if (covers !== 0) parts.words('image.covers', covers, info.treeCount);
}
