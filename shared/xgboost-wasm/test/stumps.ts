import { type Written, writeJson } from './oracle/write-document.ts';

/** The fields of a model of stumps in addition to its thresholds. */
interface StumpsOptions {
  readonly objective?: string;
  readonly baseScore?: string;
  /** The value of every left leaf. */
  readonly left?: number;
  readonly version?: readonly number[];
}

/** A model of one column and one stump per threshold; stump k yields 2^k on the right, missing values go left. */
export function stumps(thresholds: readonly number[], options: StumpsOptions = {}): Uint8Array {
  const { objective = 'reg:squarederror', baseScore = '0E0', left = 0, version = [3, 4, 1] } = options;
  const trees = thresholds.map(
    (threshold, k): Written => ({
      tree_param: { num_nodes: '3', size_leaf_vector: '1' },
      left_children: [1, -1, -1],
      right_children: [2, -1, -1],
      split_indices: [0, 0, 0],
      split_conditions: Float32Array.of(threshold, left, 2 ** k),
      default_left: [1, 0, 0],
      sum_hessian: [2, 1, 1],
    }),
  );
  const document: Written = {
    version,
    learner: {
      learner_model_param: { base_score: baseScore, num_class: '0', num_feature: '1', num_target: '1' },
      objective: { name: objective },
      gradient_booster: {
        name: 'gbtree',
        model: { gbtree_model_param: {}, tree_info: trees.map(() => 0), trees },
      },
    },
  };
  return new TextEncoder().encode(writeJson(document));
}
