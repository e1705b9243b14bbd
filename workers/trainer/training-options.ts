import { type ModelParameters, PARAMETER_DEFAULTS } from './model-parameters.ts';
import type { BoosterParams } from './xgboost/xgboost.ts';

/** Everything that decides which model comes out of a dataset, and how it is measured. */
export interface TrainingOptions extends ModelParameters {
  /** Windows of the backtest. */
  readonly windows: number;
  /** Draws the sample of rows and, for each tree, that of the columns. */
  readonly seed: number;
  readonly threads: number;
}

export const TRAINING_DEFAULTS: TrainingOptions = { ...PARAMETER_DEFAULTS, windows: 8, seed: 1, threads: 2 };

/** Fewer windows say too little about a model. */
export const MIN_WINDOWS = 4;

/** The parameters of XGBoost itself. */
export function boosterParams(options: ModelParameters & { readonly seed: number }): BoosterParams {
  const { num_parallel_tree, eta, max_depth, max_leaves, min_child_weight } = options;
  const { colsample_bytree, colsample_bynode, subsample, lambda, max_bin, seed } = options;
  return {
    objective: 'reg:squarederror',
    tree_method: 'hist',
    num_parallel_tree,
    eta,
    max_depth,
    ...(max_leaves > 0 && { grow_policy: 'lossguide', max_leaves }),
    min_child_weight,
    colsample_bytree,
    colsample_bynode,
    subsample,
    lambda,
    max_bin,
    seed,
  };
}
