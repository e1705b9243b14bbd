import type { Field } from '../document/field.ts';
import { readFloats, readIntegers } from '../document/number-fields.ts';
import type { TreeBooster } from '../forest/forest.ts';
import { readTree } from './read-tree.ts';

const INT32_MAX = 2147483647;

/** First tree of every boosting round, and the number of trees at the end. */
function readIterationStarts(
  model: Field,
  treeCount: number,
  groupCount: number,
  vectorLeaves: boolean,
): Int32Array {
  const stated = model.find('iteration_indptr');
  if (stated.present) {
    const starts = readIntegers(stated, 0, treeCount);
    if (starts.length > 0) {
      for (let i = 1; i < starts.length; i++) {
        if ((starts[i] ?? 0) < (starts[i - 1] ?? 0))
          throw stated.fail(`item ${i} is smaller than the one before`);
      }
      if (starts[0] !== 0) throw stated.fail('must start with 0');
      if (starts.at(-1) !== treeCount) throw stated.fail(`must end with the number of trees, ${treeCount}`);
      return starts;
    }
  }
  const parallel = model.find('gbtree_model_param').find('num_parallel_tree');
  const forests = Math.max(1, parallel.present ? parallel.integer(0, INT32_MAX) : 1);
  const layer = forests * (vectorLeaves ? 1 : groupCount);
  const rounds = Math.ceil(treeCount / layer);
  return Int32Array.from({ length: rounds + 1 }, (_, i) => Math.min(i * layer, treeCount));
}

/**
 * Reads a gbtree `model` object.
 *
 * @param dropWeights the field with the dart weights; absent for an ordinary booster
 */
export function readTrees(
  model: Field,
  dropWeights: Field,
  featureCount: number,
  groupCount: number,
): TreeBooster {
  const fields = model.get('trees').items();
  const groups = readIntegers(model.get('tree_info'), 0, Math.max(0, groupCount - 1), fields.length);
  const declared = model.find('gbtree_model_param').find('num_trees');
  if (declared.present && declared.number() !== fields.length) {
    throw declared.fail(`is ${declared.number()}, but there are ${fields.length} trees`);
  }
  const weights = dropWeights.present ? readFloats(dropWeights) : new Float32Array(0);
  if (weights.length > 0 && weights.length !== fields.length) {
    throw dropWeights.fail(`has ${weights.length} items, expected ${fields.length}`);
  }
  const trees = fields.map((field, i) =>
    readTree(field, featureCount, groupCount, groups[i] ?? 0, weights[i] ?? 1),
  );
  const vectorLeaves = trees.some((tree) => tree.width > 1);
  return {
    kind: 'tree',
    trees,
    iterationStarts: readIterationStarts(model, trees.length, groupCount, vectorLeaves),
  };
}
