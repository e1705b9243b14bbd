import type { Field } from '../document/field.ts';
import { readFlags, readFloats, readIntegers } from '../document/number-fields.ts';
import type { Tree } from '../forest/forest.ts';
import { checkTree } from './check-tree.ts';
import { MAX_GROUPS } from './limits.ts';
import { readCategories } from './read-categories.ts';

const INT32_MAX = 2147483647;

/** `width` values a node: from split_conditions, leaf_weights (3.2+) or base_weights (2.0 - 3.1). */
function readLeafValues(
  tree: Field,
  width: number,
  left: Int32Array,
  right: Int32Array,
  scalar: Float32Array,
) {
  if (width === 1) return scalar;
  const nodeCount = left.length;
  const compact = tree.find('leaf_weights');
  if (!compact.present) return readFloats(tree.get('base_weights'), nodeCount * width);
  const weights = readFloats(compact);
  const values = new Float32Array(nodeCount * width);
  for (let node = 0; node < nodeCount; node++) {
    if ((left[node] ?? -1) >= 0) continue;
    const row = right[node] ?? -1;
    // Deleted nodes may point anywhere; a reachable leaf that does so has no values.
    if (row < 0 || (row + 1) * width > weights.length) {
      values.fill(Number.NaN, node * width, (node + 1) * width);
      continue;
    }
    values.set(weights.subarray(row * width, (row + 1) * width), node * width);
  }
  return values;
}

function checkSplitTypes(tree: Field, categories: ReadonlyMap<number, Int32Array>, left: Int32Array): void {
  const types = tree.find('split_type');
  if (!types.present) return;
  const kinds = readFlags(types, left.length);
  if (categories.size === 0 && !kinds.includes(1)) return;
  for (let node = 0; node < kinds.length; node++) {
    if ((left[node] ?? -1) < 0) continue;
    const categorical = kinds[node] === 1;
    if (categorical && !categories.has(node))
      throw types.fail(`node ${node} is categorical but has no categories`);
    if (!categorical && categories.has(node)) throw types.fail(`node ${node} is numeric but has categories`);
  }
}

/**
 * Reads one element of `trees`.
 *
 * @param weight the dart weight of the tree: leaf values are multiplied by it, rounded to float32
 */
export function readTree(
  field: Field,
  featureCount: number,
  groupCount: number,
  group: number,
  weight: number,
): Tree {
  const parameters = field.get('tree_param');
  const stated = parameters.find('size_leaf_vector');
  const width = Math.max(1, stated.present ? stated.integer(0, MAX_GROUPS) : 1);
  if (width > 1 && width !== groupCount) {
    throw parameters.get('size_leaf_vector').fail(`is ${width}, but the model has ${groupCount} outputs`);
  }
  const left = readIntegers(field.get('left_children'), -INT32_MAX - 1, INT32_MAX);
  const nodeCount = left.length;
  if (nodeCount === 0) throw field.get('left_children').fail('a tree needs at least one node');
  const declared = parameters.find('num_nodes');
  if (declared.present && declared.number() !== nodeCount) {
    throw declared.fail(`is ${declared.number()}, but left_children has ${nodeCount} items`);
  }
  const right = readIntegers(field.get('right_children'), -INT32_MAX - 1, INT32_MAX, nodeCount);
  const threshold = readFloats(field.get('split_conditions'), nodeCount);
  const feature = readIntegers(field.get('split_indices'), -1, INT32_MAX, nodeCount);
  const defaultLeft = readFlags(field.get('default_left'), nodeCount);
  const hessians = field.find('sum_hessian');
  const cover = width > 1 && !hessians.present ? null : readFloats(field.get('sum_hessian'), nodeCount);
  const categories = readCategories(field, nodeCount);
  checkSplitTypes(field, categories, left);
  let leafValues = readLeafValues(field, width, left, right, threshold);
  // The array may be that of the thresholds, so it is not changed in place.
  if (weight !== 1) leafValues = leafValues.map((value) => value * weight);
  const tree: Tree = {
    left,
    right,
    feature,
    threshold,
    defaultLeft,
    categories,
    cover,
    leafValues,
    width,
    group: width > 1 ? 0 : group,
  };
  checkTree(field, tree, featureCount);
  return tree;
}
