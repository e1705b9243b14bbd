import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { YEAR_OF_WEEKS } from '../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { UserError } from '../../../shared/errors/user-error.ts';
import type { BoosterParams } from './xgboost/xgboost.ts';

export const FEWEST_TRAINING_DAYS = 28;
export const FEWEST_ROWS = 1000;

/**
 * Everything that determines the model of a dataset, apart from the seed: the contents of a parameter file, and the
 * space of `npm run tune`. Names are those of XGBoost and of the manifest.
 */
export const modelParametersSchema = z.strictObject({
  /**
   * Rounds of boosting; their maximum where `stopping_windows` choose the number. 0: by the number of rows, see
   * `roundsFor`.
   */
  rounds: z.int().min(0).max(10_000),
  /**
   * Trees of one round, each with a part of the step: averages out the effect of drawn columns, at that many times
   * the cost. 0: by the number of rows, see `treesPerRound`.
   */
  num_parallel_tree: z.int().min(0).max(16),
  eta: z.number().gt(0).max(1),
  max_depth: z.int().min(1).max(16),
  /**
   * Above 0, trees grow leaf by leaf, where the gain is largest, up to this many leaves and no deeper than
   * `max_depth`.
   */
  max_leaves: z.int().min(0).max(65_536),
  min_child_weight: z.number().min(0),
  colsample_bytree: z.number().gt(0).max(1),
  colsample_bynode: z.number().gt(0).max(1),
  subsample: z.number().gt(0).max(1),
  lambda: z.number().min(0),
  max_bin: z.int().min(2).max(4096),
  /** Days that origins reach back. */
  training_days: z.int().min(FEWEST_TRAINING_DAYS),
  /** Days between origins; 3 visits every weekday in turn. */
  origin_stride: z.int().min(1),
  /** Approximate number of rows to which each fit is sampled down. */
  max_rows: z.int().min(FEWEST_ROWS),
  /** Windows before those of the backtest on which the number of trees is chosen; 0 leaves it at `rounds`. */
  stopping_windows: z.int().min(0).max(12),
});
export type ModelParameters = z.infer<typeof modelParametersSchema>;
export type ParameterName = keyof ModelParameters;

export const PARAMETER_NAMES = Object.keys(modelParametersSchema.shape) as readonly ParameterName[];

/** Chosen on windows of real sales: see design/08-alternative-models.md. */
export const PARAMETER_DEFAULTS: ModelParameters = {
  rounds: 0,
  num_parallel_tree: 0,
  eta: 0.05,
  max_depth: 6,
  max_leaves: 0,
  min_child_weight: 1,
  // Each tree sees some of many similar features: as accurate or better, and faster.
  colsample_bytree: 0.4,
  colsample_bynode: 1,
  subsample: 1,
  lambda: 1,
  max_bin: 256,
  training_days: 3 * YEAR_OF_WEEKS,
  origin_stride: 3,
  max_rows: 300_000,
  stopping_windows: 0,
};

/** Everything that determines the model of a dataset, and how it is measured. */
export interface TrainingOptions extends ModelParameters {
  /** Windows of the backtest. */
  readonly windows: number;
  /** Draws the sample of rows and, for each tree, that of the columns. */
  readonly seed: number;
  readonly threads: number;
}

export const TRAINING_DEFAULTS: TrainingOptions = { ...PARAMETER_DEFAULTS, windows: 8, seed: 1, threads: 2 };

/** Fewer windows are too little evidence about a model. */
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

/** Thrown for a parameter file that cannot be read; names every wrong field. */
export class ParameterFileError extends UserError {
  override name = 'ParameterFileError';
}

/**
 * The parameters in a JSON file, e.g. `{ "max_depth": 8, "rounds": 200 }`, as `npm run tune` writes them; parameters
 * that are absent have their defaults.
 *
 * @throws {ParameterFileError}
 */
export async function readParameters(path: string | undefined): Promise<Partial<ModelParameters>> {
  if (path === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ParameterFileError(`${path} cannot be read as JSON: ${messageOf(error)}`);
  }
  const parsed = modelParametersSchema.partial().safeParse(value);
  if (parsed.success) return parsed.data as Partial<ModelParameters>;
  const issues = parsed.error.issues.map(
    ({ path: field, message }) => `${field.join('.') || 'the file'}: ${message}`,
  );
  throw new ParameterFileError(
    `${path} is not a set of parameters: ${issues.join('; ')}. Known: ${PARAMETER_NAMES.join(', ')}`,
  );
}
