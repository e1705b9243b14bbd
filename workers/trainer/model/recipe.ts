import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { centreThresholds } from './centre-thresholds.ts';
import { boosterParams, type ModelParameters } from './parameters.ts';
import { inCategoryOrder, type PanelSeries } from './series/panel-series.ts';
import { learnedRows, MODEL_ROWS, type RowLayout, SMOOTHING_ROWS } from './training-set/row-layout.ts';
import {
  buildTrainingRows,
  constantRow,
  type RowSelection,
  type TrainingRows,
} from './training-set/training-rows.ts';
import type { Booster, BoosterParams, Loss, Xgboost } from './xgboost/xgboost.ts';

/** How a model is made from a history: the same recipe and history yield the same model. */
export interface Recipe {
  /** XGBoost's own parameters; `seed` also draws the sample of rows. */
  readonly params: BoosterParams & { readonly seed: number };
  readonly rounds: number;
  readonly maxRows: number;
  readonly originStride: number;
  readonly trainingDays: number;
  /** Of a model without trees, for a history that is too short for them: exponential smoothing alone. */
  readonly isSmoothing?: true;
}

/** What fitting a recipe needs apart from the recipe. */
export interface FitContext {
  readonly xgboost: Xgboost;
  readonly series: readonly PanelSeries[];
  readonly threads: number;
}

export function recipeOf(options: ModelParameters & { readonly seed: number }): Recipe {
  const { rounds, max_rows, origin_stride, training_days, seed } = options;
  return {
    params: { ...boosterParams(options), seed },
    rounds: rounds || MOST_ROUNDS,
    maxRows: max_rows,
    originStride: origin_stride,
    trainingDays: training_days,
  };
}

/**
 * The recipe of a model whose forecasts are exponential smoothing alone. It has one tree, which is always 0, so that
 * everything that stores, loads and serves models does the same with it.
 */
export function smoothingRecipe(seed: number): Recipe {
  return {
    params: { objective: 'reg:squarederror', tree_method: 'hist', base_score: 0, num_parallel_tree: 1, seed },
    rounds: 1,
    maxRows: 1,
    originStride: 1,
    trainingDays: 1,
    isSmoothing: true,
  };
}

/** Rounds by the number of rows, for many and for few. */
const MOST_ROUNDS = 300;
const FEWEST_ROUNDS = 60;
const ROWS_PER_ROUND = 120;

/**
 * Rounds of boosting by the number of rows: with few rows, trees beyond the first rounds memorise these rows, and any
 * added series changes the result.
 */
export function roundsFor(rows: number): number {
  return Math.max(FEWEST_ROUNDS, Math.min(MOST_ROUNDS, Math.round(rows / ROWS_PER_ROUND)));
}

/** Number of rows from which one tree a round is enough. */
const MANY_ROWS = 240_000;
const MOST_TREES = 16;
/** Number of rows at which the root formula yields one tree a round. */
const ROWS_OF_TWO_TREES = 440_000;

/**
 * Trees of one round: one for many rows, up to sixteen for few, as the root of the number of rows falls. Which of
 * many similar columns a tree draws matters little to a model of many rows; a model of few changes by 5 % in the
 * median with the seed alone, or with any added series.
 */
export function treesPerRound(rows: number): number {
  if (rows > MANY_ROWS) return 1;
  return Math.min(MOST_TREES, Math.round(2 * Math.sqrt(ROWS_OF_TWO_TREES / rows)));
}

/** XGBoost's parameters for a number of rows. */
export function paramsFor({ params }: Recipe, rows: number): BoosterParams {
  return { ...params, num_parallel_tree: params.num_parallel_tree || treesPerRound(rows) };
}

/** The recipe of a model by its manifest; null where the manifest lacks part of it. */
export function recipeFromManifest({ training }: Manifest): Recipe | null {
  const { max_rows, origin_stride, training_days, ...params } = training.params;
  const numbers = [max_rows, origin_stride, training_days, params.seed];
  if (!numbers.every((value) => typeof value === 'number')) return null;
  return {
    params: { ...params, seed: Number(params.seed) },
    rounds: training.rounds,
    maxRows: Number(max_rows),
    originStride: Number(origin_stride),
    trainingDays: Number(training_days),
    ...(training.trees_from !== undefined && { isSmoothing: true }),
  };
}

/**
 * The rows that a recipe is fitted on when the days up to `lastDay` are known.
 *
 * @throws {NoTrainingRowsError}
 */
export function rowsOf(
  { series }: FitContext,
  recipe: Recipe,
  lastDay: DayNumber,
  layout: RowLayout = MODEL_ROWS,
  onProgress?: (fraction: number) => void,
): TrainingRows {
  return buildTrainingRows(series, selectionOf(recipe, lastDay), onProgress, layout);
}

/** The rows that a recipe selects when the days up to `lastDay` are known. */
export function selectionOf(
  { params, originStride, trainingDays, maxRows }: Recipe,
  lastDay: DayNumber,
): RowSelection {
  return { lastDay, originStride, trainingDays, maxRows, seed: params.seed };
}

/** Predicts the margins of rows with a number of columns by a fitted model. */
export function predictorOf(
  { xgboost, threads }: Pick<FitContext, 'xgboost' | 'threads'>,
  model: Booster,
  columns: number,
): (rows: Float32Array) => Float32Array {
  return (rows) => {
    using matrix = xgboost.createMatrix(rows, columns, null, threads);
    return model.predict(matrix);
  };
}

/**
 * Fits a recipe on the days up to `lastDay`.
 *
 * @param onLoss receives the loss on the rows at some of the rounds
 * @returns the booster, which the caller frees, the rows it was fitted on, and their layout with what it has learned
 * @throws {NoTrainingRowsError | XgboostError}
 */
export async function fitRecipe(
  fitContext: FitContext,
  recipe: Recipe,
  lastDay: DayNumber,
  onProgress: (part: 'rows' | 'fitting', done: number, total: number) => void,
  layout: RowLayout = MODEL_ROWS,
  onLoss?: (loss: TrainingLoss) => void,
): Promise<{ readonly booster: Booster; readonly rows: TrainingRows; readonly layout: RowLayout }> {
  const { xgboost, threads } = fitContext;
  const { rounds } = recipe;
  const ordered = { ...fitContext, series: inCategoryOrder(fitContext.series) };
  const learned = learnedRows(recipe.isSmoothing ? SMOOTHING_ROWS : layout, fitContext.series, lastDay);
  const rows = recipe.isSmoothing
    ? constantRow(ordered.series)
    : rowsOf(ordered, recipe, lastDay, learned, (part) => onProgress('rows', part, 1));
  const onRound = (round: number) => onProgress('fitting', round, rounds);
  const params = paramsFor(recipe, rows.count);
  const booster = await fitBooster(xgboost, rows, { params, rounds, threads }, onRound, onLoss);
  return { booster, rows, layout: learned };
}

export interface FitOptions {
  readonly params: BoosterParams;
  readonly rounds: number;
  readonly threads: number;
}

/** The loss on the training rows after a number of rounds. */
export interface TrainingLoss extends Loss {
  readonly round: number;
}

/** Points of a training curve. */
const CURVE_POINTS = 25;

/**
 * Fits one model. Yields to the event loop between rounds, so that a progress bar moves and Ctrl-C works.
 *
 * @param onLoss receives the loss on the rows at some of the rounds
 * @returns the booster, which the caller frees
 */
export async function fitBooster(
  xgboost: Xgboost,
  rows: TrainingRows,
  options: FitOptions,
  onRound?: (round: number) => void,
  onLoss?: (loss: TrainingLoss) => void,
): Promise<Booster> {
  using matrix = xgboost.createMatrix(rows.features, rows.columns, rows.labels, options.threads);
  const booster = xgboost.createBooster({ ...options.params, nthread: options.threads }, matrix);
  const every = Math.ceil(options.rounds / CURVE_POINTS);
  try {
    for (let round = 0; round < options.rounds; round++) {
      booster.update(round, matrix);
      const done = round + 1;
      if (onLoss && (done % every === 0 || done === options.rounds)) {
        onLoss({ round: done, ...booster.evaluate(round, matrix) });
      }
      onRound?.(done);
      if (round % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
    }
    booster.load(centreThresholds(booster.save(), rows));
  } catch (error) {
    booster[Symbol.dispose]();
    throw error;
  }
  return booster;
}
