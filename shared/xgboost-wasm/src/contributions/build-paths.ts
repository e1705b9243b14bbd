import { ImageWriter } from '../compile/image-writer.ts';
import { XgboostWasmError } from '../errors.ts';
import { type ImageTree, readImageTrees } from './image-tree.ts';
import { gaussLegendre } from './quadrature.ts';

/** Words of the block's header: { vectors, points, weights, firstTree table, tree table, depth, 0, 0 }. */
const HEADER_WORDS = 8;
/** A tree and output: { root, slotCount, slots, group, mean (float64), rootIsLeaf, 0 }. */
const TREE_WORDS = 8;
/** An inner node: { row, slot, earlier, leftShare, rightShare, leaves, left, right }; see assembly/contributions.ts. */
const NODE_WORDS = 8;
/** The kernel recurses. */
const MAX_DEPTH = 1000;
/** A share of 0 would divide by zero; the smallest one that still multiplies without underflow. */
const MIN_SHARE = 1e-10;

interface Shape {
  /** By node: depth of the nearest earlier split on the same column, -1 if there is none. */
  readonly earlier: Int32Array;
  /** By node: index of its column among the tree's columns. */
  readonly slot: Int32Array;
  readonly columns: readonly number[];
  /** Most distinct columns on a path. */
  readonly players: number;
  readonly depth: number;
}

function shapeOf(tree: ImageTree): Shape {
  const count = tree.row.length;
  const earlier = new Int32Array(count).fill(-1);
  const slot = new Int32Array(count).fill(-1);
  const depths = new Int32Array(count);
  const players = new Int32Array(count);
  const parents = new Int32Array(count).fill(-1);
  const slots = new Map<number, number>();
  let most = 0;
  let deepest = 0;
  for (let i = 0; i < count; i++) {
    const column = tree.column[i] ?? -1;
    const depth = depths[i] ?? 0;
    const above = players[i] ?? 0;
    deepest = Math.max(deepest, depth);
    most = Math.max(most, above);
    if (column < 0) continue;
    const known = slots.get(column) ?? slots.size;
    slots.set(column, known);
    slot[i] = known;
    for (let p = parents[i] ?? -1; p >= 0; p = parents[p] ?? -1) {
      if (tree.column[p] === column) {
        earlier[i] = depths[p] ?? 0;
        break;
      }
    }
    for (const child of [i + 1, tree.right[i] ?? 0]) {
      depths[child] = depth + 1;
      parents[child] = i;
      players[child] = above + (earlier[i] === -1 ? 1 : 0);
    }
  }
  return { earlier, slot, columns: [...slots.keys()], players: most, depth: deepest };
}

/** Share of a node's rows that went to a child. */
function share(part: number, whole: number): number {
  return whole > 0 ? Math.max(part / whole, MIN_SHARE) : 0.5;
}

/** Mean output of a tree over its training rows, by cover. */
function meanOf(tree: ImageTree, output: number): number {
  const { cover, right, row, value, width } = tree;
  const means = new Float64Array(row.length);
  for (let i = row.length - 1; i >= 0; i--) {
    const r = right[i] ?? -1;
    if (r < 0) means[i] = value[i * width + output] ?? 0;
    else {
      const left = share(cover[i + 1] ?? 0, cover[i] ?? 0);
      const other = share(cover[r] ?? 0, cover[i] ?? 0);
      means[i] = ((means[i + 1] ?? 0) * left + (means[r] ?? 0) * other) / (left + other);
    }
  }
  return means[0] ?? 0;
}

function writeNodes(writer: ImageWriter, tree: ImageTree, shape: Shape, output: number): number {
  const { cover, right, row, value, width } = tree;
  const places = new Int32Array(row.length).fill(-1);
  let inner = 0;
  for (let i = 0; i < row.length; i++) if ((right[i] ?? -1) >= 0) places[i] = inner++;
  const offset = writer.reserve(inner * NODE_WORDS * 4);
  const words = writer.words(offset, inner * NODE_WORDS);
  const floats = writer.floats(offset, inner * NODE_WORDS);
  for (let i = 0; i < row.length; i++) {
    const at = (places[i] ?? -1) * NODE_WORDS;
    if (at < 0) continue;
    const children = [i + 1, right[i] ?? 0];
    words[at] = row[i] ?? 0;
    words[at + 1] = shape.slot[i] ?? 0;
    words[at + 2] = shape.earlier[i] ?? -1;
    let leaves = 0;
    children.forEach((child, side) => {
      floats[at + 3 + side] = share(cover[child] ?? 0, cover[i] ?? 0);
      const place = places[child] ?? -1;
      if (place >= 0) words[at + 6 + side] = offset + place * NODE_WORDS * 4;
      else {
        leaves |= 1 << side;
        floats[at + 6 + side] = value[child * width + output] ?? 0;
      }
    });
    words[at + 5] = leaves;
  }
  return offset;
}

/** Input of the contributions kernel, created from an image on the first request for contributions. */
export interface Paths {
  readonly block: Uint8Array;
  /** Vectors of four quadrature points. */
  readonly vectors: number;
  readonly depth: number;
  /** Most columns of a tree. */
  readonly slots: number;
}

/**
 * Prepares exact TreeSHAP. The Shapley value of a path's product game is an integral of a polynomial over [0, 1],
 * whose degree is one less than the number of distinct columns on the path: Gauss-Legendre quadrature with half as
 * many points computes it exactly, and four points fill a SIMD register.
 *
 * @throws XgboostWasmError `unsupported-model` for trees deeper than 1000
 */
export function buildPaths(image: ArrayBuffer, treeCount: number): Paths {
  const writer = new ImageWriter();
  writer.reserve(HEADER_WORDS * 4);
  const trees = [...readImageTrees(image)];
  const shapes = trees.map(shapeOf);
  const players = shapes.reduce((most, shape) => Math.max(most, shape.players), 1);
  const depth = shapes.reduce((most, shape) => Math.max(most, shape.depth), 1);
  const slots = shapes.reduce((most, shape) => Math.max(most, shape.columns.length), 1);
  if (depth > MAX_DEPTH) {
    throw new XgboostWasmError(
      'unsupported-model',
      'output',
      `contributions of trees deeper than ${MAX_DEPTH}`,
    );
  }
  const vectors = Math.ceil(Math.ceil(players / 2) / 4);
  const { points, weights } = gaussLegendre(vectors * 4);
  const pointsAt = writer.append(Float32Array.from(points));
  const weightsAt = writer.append(Float32Array.from(weights));
  const firstAt = writer.reserve((treeCount + 1) * 4);
  const outputs = trees.reduce((sum, tree) => sum + tree.width, 0);
  const tableAt = writer.reserve(Math.max(1, outputs) * TREE_WORDS * 4);
  let record = 0;
  trees.forEach((tree, t) => {
    writer.words(firstAt + 4 * t, 1)[0] = record;
    const shape = shapes[t];
    if (shape === undefined) return;
    for (let output = 0; output < tree.width; output++, record++) {
      const slotsAt = writer.append(Uint32Array.from(shape.columns));
      const root = writeNodes(writer, tree, shape, output);
      const at = tableAt + record * TREE_WORDS * 4;
      const leaf = tree.row.length === 1 ? 1 : 0;
      writer
        .words(at, TREE_WORDS)
        .set([root, shape.columns.length, slotsAt, tree.group + output, 0, 0, leaf]);
      writer.doubles(at + 16, 1)[0] = meanOf(tree, output);
    }
  });
  writer.words(firstAt + 4 * trees.length, 1)[0] = record;
  writer.words(0, HEADER_WORDS).set([vectors, pointsAt, weightsAt, firstAt, tableAt, depth]);
  return { block: writer.finish(), vectors, depth, slots };
}
