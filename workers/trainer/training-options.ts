import type { BoosterParams } from './xgboost/xgboost.ts';

/** Everything that decides which model comes out of a dataset. */
export interface TrainingOptions {
  /** Windows of the backtest. */
  readonly windows: number;
  readonly rounds: number;
  readonly depth: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Rows are sampled down to about so many, for each fit. */
  readonly maxRows: number;
  /** Origins are taken every so many days; 3 visits every weekday in turn. */
  readonly originStride: number;
  /** Origins reach back so many days. */
  readonly trainingDays: number;
  readonly threads: number;
}

export const TRAINING_DEFAULTS: TrainingOptions = {
  windows: 4,
  rounds: 300,
  depth: 6,
  learningRate: 0.05,
  seed: 1,
  maxRows: 300_000,
  originStride: 3,
  trainingDays: 3 * 364,
  threads: 2,
};

/** Fewer windows say too little about a model. */
export const MIN_WINDOWS = 4;

export function boosterParams(options: TrainingOptions): BoosterParams {
  return {
    objective: 'reg:squarederror',
    tree_method: 'hist',
    max_depth: options.depth,
    eta: options.learningRate,
    // Of many features that say nearly the same, each tree sees some: as accurate or better, and faster.
    colsample_bytree: 0.4,
    seed: options.seed,
  };
}
