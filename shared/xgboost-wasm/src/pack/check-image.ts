import {
  FEATURE_WORDS,
  HEAP_PREDICATE_ROWS,
  Header,
  SEGMENT_WORDS,
  SegmentKind,
  TILE_WORDS,
  TileKind,
  TREE_WORDS,
} from '../compile/image-layout.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { invalidPacked } from './packed-format.ts';

/** Reads an image by parts, each checked to lie inside it. */
class Parts {
  private readonly image: Uint8Array;

  constructor(image: Uint8Array) {
    this.image = image;
  }

  private start(path: string, offset: number, bytes: number, unit: number): number {
    if (offset % unit !== 0 || offset + bytes > this.image.length)
      throw invalidPacked(path, 'lies outside the image');
    return this.image.byteOffset + offset;
  }

  words(path: string, offset: number, count: number): Uint32Array {
    return new Uint32Array(this.image.buffer, this.start(path, offset, count * 4, 4), count);
  }

  halves(path: string, offset: number, count: number): Uint16Array {
    return new Uint16Array(this.image.buffer, this.start(path, offset, count * 2, 2), count);
  }
}

function ensure(condition: boolean, path: string): void {
  if (!condition) throw invalidPacked(path, 'is out of range');
}

function checkFeatures(parts: Parts, path: string, tile: Uint32Array, featureCount: number): Uint32Array {
  const features = parts.words(path, tile[6] ?? 0, (tile[7] ?? 0) * FEATURE_WORDS);
  for (let at = 0; at < features.length; at += FEATURE_WORDS) {
    const [column = 0, cuts = 0, steps = 0, offset = 0] = features.subarray(at, at + 4);
    ensure(column < featureCount && steps < 31 && cuts <= 2 ** steps - 1, path);
    parts.words(path, offset, Math.max(1, 2 ** steps - 1));
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
      next += 1;
      // The kernels keep the rows of a feature's categories, so the sets must not name others.
      ensure(kind === SegmentKind.categorical && missing <= 1 && features[record + 4] === 1, path);
      ensure(words <= ((features[record + 5] ?? 0) + 31) >> 5, path);
      const bits = parts.words(path, map, words);
      const limit = features[record + 5] ?? 0;
      if (words > 0 && words === (limit + 31) >> 5 && limit % 32 !== 0) {
        ensure((bits[words - 1] ?? 0) < 2 ** (limit % 32), path);
      }
    }
    ensure(next <= rows, path);
  }
  ensure(next === rows, path);
}

function checkTree(
  parts: Parts,
  path: string,
  tile: Uint32Array,
  tree: Uint32Array,
  info: ModelInfo,
  idBytes: number,
): void {
  const rows = tile[2] ?? 0;
  const [nodes = 0, leaves = 0, depth = 0, group = 0, width = 0, ids = 0, plane = 0] = tree;
  ensure(width > 0 && group + width <= info.groupCount, `${path}.group`);
  if (tile[5] === TileKind.heap) {
    ensure(depth <= 12 && plane === 2 ** depth, `${path}.depth`);
    ensure(
      parts.halves(path, nodes, Math.max(1, plane - 1)).every((row) => row < rows),
      `${path}.nodes`,
    );
  } else {
    ensure(tile[5] === TileKind.explicit && plane > 0, `${path}.depth`);
    const links = parts.words(path, nodes, plane * 2);
    for (let i = 0; i < plane; i++) {
      const child = links[2 * i + 1] ?? 0;
      const leaf = links[2 * i] === 0 && child === i;
      ensure(leaf || ((links[2 * i] ?? 0) < rows && child > i && child + 1 < plane), `${path}.nodes`);
    }
  }
  parts.words(`${path}.leaves`, leaves, plane * width);
  if (idBytes === 2) parts.halves(`${path}.leafIds`, ids, plane);
  else parts.words(`${path}.leafIds`, ids, plane);
}

/**
 * Checks that no kernel can be led outside a packed image, or round in circles, whatever made the file: the checksum
 * finds accidents, this finds the rest.
 *
 * @throws XgboostWasmError `invalid-packed` with the part that is wrong
 */
export function checkImage(image: Uint8Array, info: ModelInfo): void {
  const parts = new Parts(image);
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
  const trees = parts.words('image.trees', header[Header.treeTable] ?? 0, info.treeCount * TREE_WORDS);
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
    if (kind === TileKind.heap) ensure(rows <= HEAP_PREDICATE_ROWS, `${path}.rows`);
    checkSegments(
      parts,
      `${path}.segments`,
      tile,
      checkFeatures(parts, `${path}.features`, tile, info.featureCount),
    );
    for (let i = first; i < end; i++) {
      const tree = trees.subarray(i * TREE_WORDS, (i + 1) * TREE_WORDS);
      checkTree(parts, `image.trees[${i}]`, tile, tree, info, idBytes);
    }
    next = end;
  }
  ensure(next === info.treeCount, 'image.tiles');
  ensure(maxRows === header[Header.maxPredicateRows], 'image.header');
  ensure(maxFeatures === header[Header.maxUsedFeatures], 'image.header');
  const covers = header[Header.shapTable] ?? 0;
  if (covers !== 0) parts.words('image.covers', covers, info.treeCount);
}
