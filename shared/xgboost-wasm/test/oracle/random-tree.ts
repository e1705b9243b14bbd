import type { Draws } from './random.ts';
import type { Written } from './write-document.ts';

/** The columns that a model's trees may split on. */
export interface Column {
  /** Thresholds to draw from; for a categorical column they only determine the values of rows. */
  readonly thresholds: Float32Array;
  /** Number of categories; 0 for a numeric column. */
  readonly categories: number;
}

export interface TreeShape {
  /** A node above this depth splits with this probability; depth 0 always does unless `maxDepth` is 0. */
  readonly maxDepth: number;
  readonly splits: number;
  /** Only one child of a node may split: deep and thin trees, which no heap holds. */
  readonly chain: boolean;
  readonly freshThresholds: boolean;
}

/** A leaf value: ordinary, or one that easily loses its sign or its last bits. */
function drawLeaf(draws: Draws): number {
  const kind = draws.share();
  if (kind < 0.06) return -0;
  if (kind < 0.09) return 0;
  if (kind < 0.12) return Math.fround(draws.ordinary() * 1e-42);
  if (kind < 0.15) return Math.fround(draws.ordinary() * 1e6);
  return draws.ordinary();
}

/** The arrays of a tree while it grows, node by node. */
class GrowingTree {
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly feature: number[] = [];
  readonly condition: number[] = [];
  readonly defaultLeft: number[] = [];
  readonly cover: number[] = [];
  readonly categories = {
    nodes: [] as number[],
    starts: [] as number[],
    sizes: [] as number[],
    all: [] as number[],
  };

  add(cover: number): number {
    this.left.push(-1);
    this.right.push(-1);
    this.feature.push(0);
    this.condition.push(0);
    this.defaultLeft.push(0);
    this.cover.push(cover);
    return this.left.length - 1;
  }

  /** A pruned node, whose arrays hold numbers that must not be read. */
  addDeleted(): void {
    const node = this.add(0);
    this.left[node] = 2147483647;
    this.right[node] = -7;
    this.feature[node] = 2147483647;
  }
}

function split(
  draws: Draws,
  tree: GrowingTree,
  node: number,
  columns: readonly Column[],
  fresh: boolean,
): void {
  const feature = draws.integer(0, columns.length - 1);
  const { thresholds, categories } = columns[feature] ?? { thresholds: new Float32Array(1), categories: 0 };
  tree.feature[node] = feature;
  tree.defaultLeft[node] = draws.integer(0, 1);
  if (categories === 0) {
    const drawn = thresholds[draws.integer(0, thresholds.length - 1)] ?? 0;
    tree.condition[node] = fresh ? Math.fround(drawn + draws.ordinary()) : drawn;
    return;
  }
  const { nodes, starts, sizes, all } = tree.categories;
  const size = draws.integer(0, Math.min(categories, 20));
  const drawn = Array.from({ length: size }, () => draws.integer(0, categories - 1));
  const set = [...new Set(drawn)].sort((a, b) => a - b);
  nodes.push(node);
  starts.push(all.length);
  sizes.push(set.length);
  all.push(...set);
}

function grow(draws: Draws, shape: TreeShape, columns: readonly Column[]): GrowingTree {
  const tree = new GrowingTree();
  const pending = [{ node: tree.add(draws.integer(400, 4000)), depth: 0, mayGrow: true }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { node, depth, mayGrow } = next;
    if (draws.chance(0.02)) tree.addDeleted();
    if (!mayGrow || depth >= shape.maxDepth || (depth > 0 && !draws.chance(shape.splits))) continue;
    split(draws, tree, node, columns, shape.freshThresholds);
    const cover = tree.cover[node] ?? 2;
    const part = Math.fround(cover * (0.1 + 0.8 * draws.share()));
    const left = tree.add(part);
    const right = tree.add(Math.fround(cover - part));
    tree.left[node] = left;
    tree.right[node] = right;
    const first = draws.chance(0.5);
    pending.push({ node: left, depth: depth + 1, mayGrow: !shape.chain || first });
    pending.push({ node: right, depth: depth + 1, mayGrow: !shape.chain || !first });
  }
  return tree;
}

/** How a tree with several outputs stores its leaves: by node up to 3.1, by leaf from 3.2 on. */
export type VectorLeaves = 'none' | 'by-node' | 'by-leaf';

function leaves(draws: Draws, tree: GrowingTree, width: number, form: VectorLeaves): Record<string, Written> {
  const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => drawLeaf(draws));
  const count = tree.left.length;
  const isLeaf = (node: number): boolean => tree.left[node] === -1;
  if (form === 'by-node') return { base_weights: draw(count * width) };
  if (form === 'none') {
    for (let node = 0; node < count; node++) if (isLeaf(node)) tree.condition[node] = drawLeaf(draws);
    return {};
  }
  let row = 0;
  for (let node = 0; node < count; node++) if (isLeaf(node)) tree.right[node] = row++;
  return { leaf_weights: draw(row * width) };
}

/** A tree of any shape over some columns, as an element of a model file's `trees`. */
export function drawTree(
  draws: Draws,
  shape: TreeShape,
  columns: readonly Column[],
  width: number,
  form: VectorLeaves,
): Written {
  const tree = grow(draws, shape, columns);
  const vectors = leaves(draws, tree, width, form);
  const integers = (values: readonly number[]): Int32Array => Int32Array.from(values);
  const { nodes, starts, sizes, all } = tree.categories;
  const categorical = new Set(nodes);
  return {
    tree_param: {
      num_nodes: String(tree.left.length),
      size_leaf_vector: String(form === 'none' ? 1 : width),
    },
    left_children: integers(tree.left),
    right_children: integers(tree.right),
    split_indices: integers(tree.feature),
    split_conditions: Float32Array.from(tree.condition),
    split_type: integers(tree.left.map((_, node) => (categorical.has(node) ? 1 : 0))),
    default_left: integers(tree.defaultLeft),
    sum_hessian: Float32Array.from(tree.cover),
    categories: integers(all),
    categories_nodes: integers(nodes),
    categories_segments: integers(starts),
    categories_sizes: integers(sizes),
    ...vectors,
  };
}
