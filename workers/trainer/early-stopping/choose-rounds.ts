import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { RoundsChoice } from '../../../shared/schemas/manifest.ts';
import { backtestOrigins, TooFewDaysError } from '../backtest/windows.ts';
import { paramsFor, type Recipe, rowsOf, type Workshop } from '../recipe.ts';
import type { ReportProgress } from '../report/report-progress.ts';
import { learnedRows, MODEL_ROWS } from '../training-set/row-layout.ts';
import type { Booster, TrainingMatrix } from '../xgboost/xgboost.ts';
import { openValidationWindow, type ValidationWindow, validationError } from './validation-window.ts';

/** Rounds between two looks at the error. */
const STEP = 25;
/** Fitting ends when the error has not fallen for so many rounds. */
const PATIENCE = 100;
/** Of two numbers of rounds whose errors differ by less than this share, the lower is chosen: the smaller model. */
const TIE = 0.001;

/**
 * The number of rounds with the least mean RMSLE on windows that end with `lastDay`: before each, the recipe is fitted
 * on the days before it, all of them round by round together, until the mean of their errors falls no more. No day after
 * `lastDay` is looked at, so windows of a backtest that begin after it stay unseen.
 *
 * @param windows fewer are taken where the history is short
 * @returns null where it is too short for even one
 * @throws {NoTrainingRowsError | XgboostError}
 */
export async function chooseRounds(
  workshop: Workshop,
  recipe: Recipe,
  lastDay: DayNumber,
  windows: number,
  onProgress: ReportProgress,
): Promise<RoundsChoice | null> {
  const origins = originsBefore(workshop, lastDay, windows);
  if (origins === null) return null;
  using fits = new DisposableStack();
  const fitted = origins.map((origin) => openFit(workshop, recipe, origin, fits));
  const curve: { rounds: number; rmsle: number }[] = [];
  let best = Number.POSITIVE_INFINITY;
  let bestRounds = 0;
  for (let round = 0; round < recipe.rounds && round < bestRounds + PATIENCE + STEP; round++) {
    for (const { booster, matrix } of fitted) booster.update(round, matrix);
    onProgress('choosing the number of trees', round + 1, recipe.rounds);
    if ((round + 1) % STEP !== 0 && round + 1 !== recipe.rounds) continue;
    const errors = fitted.map(({ booster, rows, window }) => validationError(window, booster.predict(rows)));
    const rmsle = errors.reduce((sum, error) => sum + error, 0) / errors.length;
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

function openFit(workshop: Workshop, recipe: Recipe, origin: DayNumber, fits: DisposableStack): Fit {
  const { xgboost, series, threads } = workshop;
  const layout = learnedRows(MODEL_ROWS, series, origin);
  const { features, columns, labels, count } = rowsOf(workshop, recipe, origin, layout);
  const matrix = fits.use(xgboost.createMatrix(features, columns, labels, threads));
  const booster = fits.use(xgboost.createBooster({ ...paramsFor(recipe, count), nthread: threads }, matrix));
  const window = openValidationWindow(series, origin, layout);
  const rows = fits.use(xgboost.createMatrix(window.rows, window.columns, null, threads));
  return { booster, matrix, window, rows };
}

function originsBefore({ series }: Workshop, lastDay: DayNumber, windows: number): DayNumber[] | null {
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
