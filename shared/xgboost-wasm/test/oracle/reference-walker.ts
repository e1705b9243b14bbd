import { Field } from '../../src/document/field.ts';
import { parseDocument } from '../../src/document/parse-document.ts';

type Numbers = ArrayLike<number>;

/** A tree by its arrays in the file, and the values of its leaves. */
export interface PlainTree {
  readonly left: Numbers;
  readonly right: Numbers;
  readonly feature: Numbers;
  readonly threshold: Numbers;
  readonly defaultLeft: ArrayLike<number | boolean>;
  readonly cover: Numbers;
  readonly sets: ReadonlyMap<number, ReadonlySet<number>>;
  /** First output that the leaves are added to, and the number of outputs. */
  readonly group: number;
  readonly width: number;
  /** The value that a leaf adds to output `group + k`, including the dart weight. */
  readonly leafValue: (node: number, k: number) => number;
}

function readSets(array: (key: string) => Numbers): Map<number, ReadonlySet<number>> {
  const sets = new Map<number, ReadonlySet<number>>();
  const categories = Array.from(array('categories'), Number);
  Array.from(array('categories_nodes'), Number).forEach((node, k) => {
    const start = Number(array('categories_segments')[k]);
    sets.set(node, new Set(categories.slice(start, start + Number(array('categories_sizes')[k]))));
  });
  return sets;
}

function readTree(tree: Field, group: number, weight: number): PlainTree {
  const array = (key: string): Numbers => (tree.find(key).value ?? []) as Numbers;
  const right = array('right_children');
  const threshold = array('split_conditions');
  const size = tree.find('tree_param').find('size_leaf_vector');
  const width = Math.max(1, size.present ? size.number() : 1);
  const compact = tree.find('leaf_weights').present;
  const vectors = array(compact ? 'leaf_weights' : 'base_weights');
  const leafOf = (node: number, k: number): number => {
    if (width === 1) return threshold[node] ?? 0;
    return vectors[(compact ? (right[node] ?? 0) : node) * width + k] ?? 0;
  };
  return {
    left: array('left_children'),
    right,
    feature: array('split_indices'),
    threshold,
    defaultLeft: array('default_left'),
    cover: array('sum_hessian'),
    sets: readSets(array),
    group: width > 1 ? 0 : group,
    width,
    leafValue: (node, k) => Math.fround(Math.fround(leafOf(node, k)) * weight),
  };
}

/**
 * The simplest possible predictor: walks the arrays of the file node by node, in float32. It shares only the document
 * reader with the engine, so agreement means that both follow the file. Trees of gbtree and dart, scalar and vector
 * leaves.
 */
export class ReferenceWalker {
  readonly trees: readonly PlainTree[];
  readonly groupCount: number;

  constructor(bytes: Uint8Array) {
    const learner = new Field(parseDocument(bytes), '').get('learner');
    const booster = learner.get('gradient_booster');
    const outer = booster.find('gbtree').present ? booster.get('gbtree') : booster;
    const model = outer.get('model');
    const info = model.get('tree_info').value as Numbers;
    const parameters = learner.get('learner_model_param');
    this.groupCount = Math.max(
      1,
      parameters.find('num_class').present ? parameters.get('num_class').number() : 1,
      parameters.find('num_target').present ? parameters.get('num_target').number() : 1,
    );
    const drop = outer === booster ? model.find('weight_drop') : booster.get('weight_drop');
    const weights = (drop.value ?? []) as Numbers;
    this.trees = model
      .get('trees')
      .items()
      .map((tree, i) => readTree(tree, info[i] ?? 0, Math.fround(weights[i] ?? 1)));
  }

  /** Adds trees [begin, end) to one row's margins. */
  add(row: Float32Array, margins: Float32Array, begin = 0, end = this.trees.length): void {
    for (const tree of this.trees.slice(begin, end)) {
      const leaf = this.leafOf(tree, row);
      for (let k = 0; k < tree.width; k++) {
        margins[tree.group + k] = (margins[tree.group + k] ?? 0) + tree.leafValue(leaf, k);
      }
    }
  }

  /** Node number of the leaf that a row reaches. */
  leafOf(tree: PlainTree, row: Float32Array): number {
    let node = 0;
    for (;;) {
      const left = tree.left[node] ?? -1;
      if (left < 0) return node;
      node = this.goesLeft(tree, node, row) ? left : (tree.right[node] ?? 0);
    }
  }

  goesLeft(tree: PlainTree, node: number, row: Float32Array): boolean {
    const x = row[tree.feature[node] ?? 0] ?? Number.NaN;
    if (Number.isNaN(x)) return Boolean(tree.defaultLeft[node]);
    const set = tree.sets.get(node);
    if (set === undefined) return x < Math.fround(tree.threshold[node] ?? 0);
    return !(x >= 0 && x < 2 ** 24 && set.has(Math.trunc(x)));
  }
}
