import type { DayNumber, IsoDate } from '../../../../shared/calendar/day-number.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { ReportProgress } from '../../data/progress.ts';
import { type Contender, fittedContender } from '../../evaluate/contenders.ts';
import { resolveRecipe } from '../../evaluate/early-stopping.ts';
import { openBacktest } from '../../evaluate/open-backtest.ts';
import { runBacktest } from '../../evaluate/run-backtest.ts';
import type { TrainingOptions } from '../../model/parameters.ts';
import type { FitContext, Recipe } from '../../model/recipe.ts';
import type { Xgboost } from '../../model/xgboost/xgboost.ts';
import { type PairedScores, pairScores, scoreWindows } from '../compare-contenders.ts';
import { ALTERNATIVES } from './alternatives.ts';
import { type AblationGroup, columnsWithout, rowsOfColumns } from './feature-groups.ts';

export interface AblationRequest {
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly onProgress: ReportProgress;
  /** Groups of features to leave out, one after the other. */
  readonly groups: readonly AblationGroup[];
  /** Names of alternatives to try. */
  readonly alternatives: readonly string[];
}

export interface Ablation {
  readonly recipe: Recipe;
  /** Origins of the windows. */
  readonly windows: readonly IsoDate[];
  /** Means of the model with all its features. */
  readonly model: { readonly rmsle: number; readonly wape: number };
  /** The model without a group, or an alternative to it, compared with the model itself. */
  readonly others: readonly PairedScores[];
}

/** A contender's name for the model without a group of features. */
const without = (group: AblationGroup) => `without ${group}`;

/**
 * The model, the model without each of the groups, and the alternatives, all refitted before each window.
 *
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function runAblation(request: AblationRequest): Promise<Ablation> {
  const { dataset, options, xgboost, onProgress } = request;
  const { origins, firstOrigin, fitContext } = openBacktest(dataset, options, xgboost);
  const { recipe } = await resolveRecipe(fitContext, options, firstOrigin, onProgress);
  const others = contendersOf(request, fitContext, recipe, firstOrigin);
  const contenders = [fittedContender(MODEL, fitContext, recipe), ...others];
  const windows = scoreWindows(await runBacktest(fitContext.series, origins, contenders, onProgress));
  const { rmsle, wape } = pairScores(windows, MODEL, MODEL);
  return {
    recipe,
    windows: windows.map(({ origin }) => origin),
    model: { rmsle, wape },
    others: others.map(({ name }) => pairScores(windows, MODEL, name)),
  };
}

function contendersOf(
  { groups, alternatives }: AblationRequest,
  fitContext: FitContext,
  recipe: Recipe,
  firstOrigin: DayNumber,
): Contender[] {
  const reduced = groups.map((group): Contender => {
    const layout = rowsOfColumns(columnsWithout([group]));
    return fittedContender(without(group), fitContext, recipe, layout);
  });
  const chosen = ALTERNATIVES.filter(({ name }) => alternatives.includes(name));
  return [...reduced, ...chosen.map((alternative) => alternative.create(fitContext, recipe, firstOrigin))];
}
