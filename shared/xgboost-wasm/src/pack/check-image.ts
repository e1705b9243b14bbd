import { HEAP_PREDICATE_ROWS, Header, TILE_WORDS, TileKind, TREE_WORDS } from '../compile/image-layout.ts';
import type { Kernels } from '../engine/kernels.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { invalidPacked } from './packed-format.ts';

/** Reads an image in wasm memory by parts, each checked to lie inside it. */
class Parts {
  readonly image: Uint8Array;

  constructor(image: Uint8Array) {
    this.image = image;
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

/** Trees must have their own arrays. If they shared them, a small file could stand for any amount of memory. */
function checkShare(trees: Uint32Array, bytes: number): void {
  let taken = 0;
  for (let at = 0; at < trees.length; at += TREE_WORDS)
    taken += 4 * (trees[at + 4] ?? 0) * (trees[at + 6] ?? 0);
  ensure(taken <= bytes, 'image.trees');
}

/** Required by contributions and by a packed file without them: a cover for every node, and where the covers begin. */
function checkCovers(
  parts: Parts,
  header: Uint32Array,
  tiles: Uint32Array,
  treeCount: number,
  kernels: Kernels,
): void {
  const start = header[Header.coversStart] ?? 0;
  ensure(start % 16 === 0 && start >= Header.words * 4 && start <= parts.image.length, 'image.coversStart');
  const covers = header[Header.shapTable] ?? 0;
  if (covers === 0) return;
  parts.words('image.covers', covers, treeCount);
  const { byteOffset: at, length: bytes } = parts.image;
  for (let tile = 0; tile < tiles.byteLength; tile += TILE_WORDS * 4) {
    const lacking = kernels.firstTreeWithoutCovers(at, bytes, tiles.byteOffset + tile, covers);
    if (lacking >= 0) throw invalidPacked(`image.covers[${lacking}]`, 'lie outside the image');
  }
}

/**
 * Checks that no kernel can be led outside a packed image, or into a cycle, whatever wrote the file: the checksum
 * detects accidents, this detects the rest. No content of a file that passes can make predicting fail.
 *
 * @param image a view of wasm memory
 * @param marks address of scratch memory: a byte for every 8 bytes of the image
 *
 * @throws XgboostWasmError `invalid-packed` with the part that is wrong
 */
export function checkImage(image: Uint8Array, info: ModelInfo, kernels: Kernels, marks: number): void {
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
  checkShare(trees, image.length);
  kernels.startChecks(image.length);
  let next = 0;
  let maxRows = 1;
  let maxFeatures = 0;
  for (let t = 0; t < tileCount; t++) {
    const path = `image.tiles[${t}]`;
    const tile = tiles.subarray(t * TILE_WORDS, (t + 1) * TILE_WORDS);
    const first = tile[0] ?? 0;
    const end = tile[1] ?? 0;
    const rows = tile[2] ?? 0;
    const kind = tile[5];
    ensure(first === next && end > first && end <= info.treeCount, path);
    maxRows = Math.max(maxRows, rows);
    maxFeatures = Math.max(maxFeatures, tile[7] ?? 0);
    ensure(kind === TileKind.heap || kind === TileKind.explicit, `${path}.kind`);
    // Every row belongs to a node, so there are fewer rows than bytes.
    ensure(rows <= (kind === TileKind.heap ? HEAP_PREDICATE_ROWS : image.length), `${path}.rows`);
    const tileAt = tiles.byteOffset + t * TILE_WORDS * 4;
    const { byteOffset: at, length: bytes } = image;
    // Tiles share one table of features, or have one each.
    const shared =
      t > 0 &&
      tiles.at((t - 1) * TILE_WORDS + 6) === tile[6] &&
      tiles.at((t - 1) * TILE_WORDS + 7) === tile[7];
    if (!shared) {
      ensure(kernels.featuresAreSound(at, bytes, tileAt, info.featureCount) !== 0, `${path}.features`);
    }
    ensure(kernels.segmentsAreSound(at, bytes, tileAt) !== 0, `${path}.segments`);
    const unsound = kernels.firstUnsoundTree(at, bytes, tileAt, info.groupCount, marks);
    if (unsound >= 0) throw invalidPacked(`image.trees[${unsound}]`, 'is out of range');
    next = end;
  }
  ensure(next === info.treeCount, 'image.tiles');
  ensure(maxRows === header[Header.maxPredicateRows], 'image.header');
  ensure(maxFeatures === header[Header.maxUsedFeatures], 'image.header');
  checkCovers(parts, header, tiles, info.treeCount, kernels);
}
