import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZONS } from '../../../shared/features/index.ts';
import type { RoundsChoice } from '../../../shared/schemas/manifest.ts';
import { meanOf } from '../data/averages.ts';
import type { ReportProgress } from '../data/progress.ts';
import type { ModelParameters } from '../model/parameters.ts';
import {
  type FitContext,
  paramsFor,
  type Recipe,
  recipeOf,
  roundsFor,
  rowsOf,
  selectionOf,
} from '../model/recipe.ts';
import type { PanelSeries } from '../model/series/panel-series.ts';
import {
  basesFrom,
  createTargetBases,
  learnedRows,
  MODEL_ROWS,
  type RowLayout,
  type TargetBases,
  unitsOf,
} from '../model/training-set/row-layout.ts';
import { countTrainingRows } from '../model/training-set/training-rows.ts';
import type { Booster, TrainingMatrix } from '../model/xgboost/xgboost.ts';
import { backtestOrigins, TooFewDaysError } from './windows.ts';

export interface ResolvedRecipe {
  readonly recipe: Recipe;
  /** How the number of rounds was chosen; null where it was specified. */
  readonly roundsChoice: RoundsChoice | null;
}

/**
 * The recipe of the parameters, with rounds chosen by early stopping if they request it, or by the number of rows
 * before the first window if they leave them open.
 *
 * @param firstOrigin of the windows on which the recipe is measured; no later day is used
 */
export async function resolveRecipe(
  fitContext: FitContext,
  parameters: ModelParameters & { readonly seed: number },
  firstOrigin: DayNumber,
  onProgress: ReportProgress,
): Promise<ResolvedRecipe> {
  const asked = recipeOf(parameters);
  const { stopping_windows } = parameters;
  const roundsChoice =
    stopping_windows > 0
      ? await chooseRounds(fitContext, asked, firstOrigin, stopping_windows, onProgress)
      : null;
  const rows = () => countTrainingRows(fitContext.series, selectionOf(asked, firstOrigin));
  const rounds = roundsChoice?.rounds ?? (parameters.rounds || roundsFor(rows()));
  return { recipe: { ...asked, rounds }, roundsChoice };
}

/** Rounds between two evaluations of the error. */
const STEP = 25;
/** Fitting ends when the error has not fallen for this many rounds. */
const PATIENCE = 100;
/** Of two numbers of rounds whose errors differ by less than this share, the lower is chosen: the smaller model. */
const TIE = 0.001;

/**
 * The number of rounds with the least mean RMSLE on windows that end with `lastDay`: before each, the recipe is
 * fitted on the days before it, all of them round by round together, until the mean of their errors no longer falls.
 * No day after `lastDay` is used, so windows of a backtest that begin after it stay unseen.
 *
 * @param windows fewer are used where the history is short
 * @returns null where it is too short for even one
 * @throws {NoTrainingRowsError | XgboostError}
 */
export async function chooseRounds(
  fitContext: FitContext,
  recipe: Recipe,
  lastDay: DayNumber,
  windows: number,
  onProgress: ReportProgress,
): Promise<RoundsChoice | null> {
  const origins = originsBefore(fitContext, lastDay, windows);
  if (origins === null) return null;
  using fits = new DisposableStack();
  const fitted = origins.map((origin) => openFit(fitContext, recipe, origin, fits));
  const curve: { rounds: number; rmsle: number }[] = [];
  let best = Number.POSITIVE_INFINITY;
  let bestRounds = 0;
  for (let round = 0; round < recipe.rounds && round < bestRounds + PATIENCE + STEP; round++) {
    for (const { booster, matrix } of fitted) booster.update(round, matrix);
    onProgress('choosing the number of trees', round + 1, recipe.rounds);
    if ((round + 1) % STEP !== 0 && round + 1 !== recipe.rounds) continue;
    const errors = fitted.map(({ booster, rows, window }) => validationError(window, booster.predict(rows)));
    const rmsle = meanOf(errors);
    curve.push({ rounds: round + 1, rmsle });
    if (rmsle < best) [best, bestRounds] = [rmsle, round + 1];
    await new Promise((resolve) => setImmediate(resolve));
  }
  const chosen = curve.find(({ rmsle }) => rmsle <= best * (1 + TIE));
  return {
    rounds: chosen?.rounds ?? recipe.rounds,
    most: recipe.rounds,
    windows: origins.map(toIsoDate),
    curve,
  };
}

interface Fit {
  readonly booster: Booster;
  readonly matrix: TrainingMatrix;
  readonly window: ValidationWindow;
  readonly rows: TrainingMatrix;
}

function openFit(fitContext: FitContext, recipe: Recipe, origin: DayNumber, fits: DisposableStack): Fit {
  const { xgboost, series, threads } = fitContext;
  const layout = learnedRows(MODEL_ROWS, series, origin);
  const { features, columns, labels, count } = rowsOf(fitContext, recipe, origin, layout);
  const matrix = fits.use(xgboost.createMatrix(features, columns, labels, threads));
  const booster = fits.use(xgboost.createBooster({ ...paramsFor(recipe, count), nthread: threads }, matrix));
  const window = openValidationWindow(series, origin, layout);
  const rows = fits.use(xgboost.createMatrix(window.rows, window.columns, null, threads));
  return { booster, matrix, window, rows };
}

function originsBefore({ series }: FitContext, lastDay: DayNumber, windows: number): DayNumber[] | null {
  const firstDay = series[0]?.history.firstDay ?? lastDay;
  for (let count = windows; count > 0; count--) {
    try {
      return backtestOrigins(firstDay, lastDay, count);
    } catch (error) {
      if (!(error instanceof TooFewDaysError)) throw error;
    }
  }
  return null;
}

/** The points after one origin whose sales are known, ready for repeated forecasts. */
export interface ValidationWindow {
  readonly rows: Float32Array;
  readonly columns: number;
  readonly bases: TargetBases;
  /** log1p(units) sold. */
  readonly actual: Float64Array;
}

export function openValidationWindow(
  series: readonly PanelSeries[],
  origin: DayNumber,
  { columns, write }: RowLayout,
): ValidationWindow {
  const points = series.map((member) => {
    const { firstDay, milliUnits } = member.history;
    const known = HORIZONS.filter((h) => (milliUnits[origin + h - firstDay] ?? -1) >= 0);
    return { member, known, unitsAt: (h: number) => (milliUnits[origin + h - firstDay] as number) / 1000 };
  });
  const count = points.reduce((sum, { known }) => sum + known.length, 0);
  const rows = new Float32Array(count * columns);
  const bases = createTargetBases(count);
  const actual = new Float64Array(count);
  let at = 0;
  for (const { member, known, unitsAt } of points) {
    write(member, origin, known, known.length, rows, at * columns, basesFrom(bases, at));
    for (const h of known) actual[at++] = Math.log1p(unitsAt(h));
  }
  return { rows, columns, bases, actual };
}

/** RMSLE of the forecasts by the margins. */
export function validationError({ bases, actual }: ValidationWindow, margins: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.log1p(unitsOf(bases, i, margins[i] as number)) - (actual[i] as number);
    sum += error * error;
  }
  return Math.sqrt(sum / actual.length);
}
