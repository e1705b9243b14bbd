import { createEngine } from 'xgboost-wasm';

/**
 * A model of two trees in XGBoost's own JSON, packed: the margin is -0.05 on promoted days and 0.15 on others where
 * `feature` is the column of promoted items, plus 0.02 from the ninth day on where `horizon` is that of the horizon.
 */
export async function packStumps(
  featureCount: number,
  feature: number,
  horizon: number,
): Promise<Uint8Array> {
  const engine = await createEngine();
  const model = engine.load(
    new TextEncoder().encode(JSON.stringify(document(featureCount, feature, horizon))),
  );
  const packed = model.pack();
  model.dispose();
  return packed;
}

function document(featureCount: number, feature: number, horizon: number) {
  const trees = [
    stump(0, featureCount, feature, 0.5, [-0.05, 0.15]),
    stump(1, featureCount, horizon, 8.5, [0, 0.02]),
  ];
  return {
    version: [3, 1, 1],
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        name: 'gbtree',
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: '2' },
          iteration_indptr: [0, 1, 2],
          tree_info: [0, 0],
          trees,
        },
      },
      learner_model_param: {
        base_score: '0E0',
        boost_from_average: '1',
        num_class: '0',
        num_feature: String(featureCount),
        num_target: '1',
      },
      objective: { name: 'reg:squarederror', reg_loss_param: { scale_pos_weight: '1' } },
    },
  };
}

/** Left below the threshold, right from it on. */
function stump(
  id: number,
  featureCount: number,
  feature: number,
  threshold: number,
  leaves: [number, number],
) {
  return {
    id,
    base_weights: [0, ...leaves],
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: [1, 0, 0],
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    parents: [2147483647, 0, 0],
    loss_changes: [1, 0, 0],
    split_conditions: [threshold, ...leaves],
    split_indices: [feature, 0, 0],
    split_type: [0, 0, 0],
    sum_hessian: [2, 1, 1],
    tree_param: {
      num_deleted: '0',
      num_feature: String(featureCount),
      num_nodes: '3',
      size_leaf_vector: '1',
    },
  };
}
