import { Field } from '../src/document/field.ts';
import { parseDocument } from '../src/document/parse-document.ts';

type Numbers = ArrayLike<number>;

interface PlainTree {
  readonly left: Numbers;
  readonly right: Numbers;
  readonly feature: Numbers;
  readonly threshold: Numbers;
  readonly defaultLeft: ArrayLike<number | boolean>;
  readonly sets: ReadonlyMap<number, ReadonlySet<number>>;
  readonly group: number;
}

/**
 * The plainest predictor there is: walks the arrays of the file node by node. It shares only the document reader with
 * the engine, so what both say is what the file says. Scalar leaves of gbtree only.
 */
export class ReferenceWalker {
  readonly trees: readonly PlainTree[];
  readonly groupCount: number;

  constructor(bytes: Uint8Array) {
    const learner = new Field(parseDocument(bytes), '').get('learner');
    const model = learner.get('gradient_booster').get('model');
    const info = model.get('tree_info').value as Numbers;
    const parameters = learner.get('learner_model_param');
    this.groupCount = Math.max(
      1,
      parameters.find('num_class').present ? parameters.get('num_class').number() : 1,
      parameters.find('num_target').present ? parameters.get('num_target').number() : 1,
    );
    this.trees = model
      .get('trees')
      .items()
      .map((tree, i) => {
        const array = (key: string): Numbers => (tree.find(key).value ?? []) as Numbers;
        const sets = new Map<number, ReadonlySet<number>>();
        const categories = Array.from(array('categories'), Number);
        Array.from(array('categories_nodes'), Number).forEach((node, k) => {
          const start = Number(array('categories_segments')[k]);
          sets.set(node, new Set(categories.slice(start, start + Number(array('categories_sizes')[k]))));
        });
        return {
          left: array('left_children'),
          right: array('right_children'),
          feature: array('split_indices'),
          threshold: array('split_conditions'),
          defaultLeft: array('default_left'),
          sets,
          group: info[i] ?? 0,
        };
      });
  }

  /** Adds the trees to one row's margins. */
  add(row: Float32Array, margins: Float32Array): void {
    for (const tree of this.trees) {
      let node = 0;
      for (;;) {
        const left = tree.left[node] ?? -1;
        if (left < 0) break;
        const goesLeft = this.goesLeft(tree, node, row[tree.feature[node] ?? 0] ?? Number.NaN);
        node = goesLeft ? left : (tree.right[node] ?? 0);
      }
      margins[tree.group] = (margins[tree.group] ?? 0) + Math.fround(tree.threshold[node] ?? 0);
    }
  }

  private goesLeft(tree: PlainTree, node: number, x: number): boolean {
    if (Number.isNaN(x)) return Boolean(tree.defaultLeft[node]);
    const set = tree.sets.get(node);
    if (set === undefined) return x < Math.fround(tree.threshold[node] ?? 0);
    return !(x >= 0 && x < 2 ** 24 && set.has(Math.trunc(x)));
  }
}
