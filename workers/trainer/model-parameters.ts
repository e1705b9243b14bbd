import { z } from 'zod';

/**
 * What decides, besides the seed, which model comes out of a dataset: the contents of a parameter file and what
 * `npm run tune` varies. Names are those of XGBoost and of the manifest.
 */
export const modelParametersSchema = z.strictObject({
  /**
   * Rounds of boosting; the most of them where `stopping_windows` choose their number. 0: as many as the number of rows asks
   * for, see `roundsFor`.
   */
  rounds: z.int().min(0).max(10_000),
  /**
   * Trees of one round, each of a part of the step: averages out what the draw of columns does, at as many times the cost. 0: as many
   * as the number of rows asks for, see `treesPerRound`.
   */
  num_parallel_tree: z.int().min(0).max(16),
  eta: z.number().gt(0).max(1),
  max_depth: z.int().min(1).max(16),
  /** Above 0, trees grow leaf by leaf, where it pays most, up to so many leaves and no deeper than `max_depth`. */
  max_leaves: z.int().min(0).max(65_536),
  min_child_weight: z.number().min(0),
  colsample_bytree: z.number().gt(0).max(1),
  colsample_bynode: z.number().gt(0).max(1),
  subsample: z.number().gt(0).max(1),
  lambda: z.number().min(0),
  max_bin: z.int().min(2).max(4096),
  /** Origins reach back so many days. */
  training_days: z.int().min(28),
  /** Origins are taken every so many days; 3 visits every weekday in turn. */
  origin_stride: z.int().min(1),
  /** Rows are sampled down to about so many, for each fit. */
  max_rows: z.int().min(1000),
  /** Windows before those of the backtest on which the number of trees is chosen; 0 leaves it at `rounds`. */
  stopping_windows: z.int().min(0).max(12),
});
export type ModelParameters = z.infer<typeof modelParametersSchema>;
export type ParameterName = keyof ModelParameters;

export const PARAMETER_NAMES = Object.keys(modelParametersSchema.shape) as readonly ParameterName[];

/** Chosen on windows of real sales: see EXPERIMENTS.md. */
export const PARAMETER_DEFAULTS: ModelParameters = {
  rounds: 0,
  num_parallel_tree: 0,
  eta: 0.05,
  max_depth: 6,
  max_leaves: 0,
  min_child_weight: 1,
  // Of many features that say nearly the same, each tree sees some: as accurate or better, and faster.
  colsample_bytree: 0.4,
  colsample_bynode: 1,
  subsample: 1,
  lambda: 1,
  max_bin: 256,
  training_days: 3 * 364,
  origin_stride: 3,
  max_rows: 300_000,
  stopping_windows: 0,
};
