import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { RoundsChoice } from '../../../shared/schemas/manifest.ts';
import type { ModelParameters } from '../model-parameters.ts';
import { type Recipe, recipeOf, roundsFor, selectionOf, type Workshop } from '../recipe.ts';
import type { ReportProgress } from '../report/report-progress.ts';
import { countTrainingRows } from '../training-set/training-rows.ts';
import { chooseRounds } from './choose-rounds.ts';

export interface SettledRecipe {
  readonly recipe: Recipe;
  /** How the number of rounds was chosen; null where it was given. */
  readonly roundsChoice: RoundsChoice | null;
}

/**
 * The recipe that the parameters ask for, with the rounds that early stopping chooses, if they ask for that, or those that the
 * rows before the first window are enough for, if they leave it open.
 *
 * @param firstOrigin of the windows that the recipe will be measured on; no later day is looked at
 */
export async function settleRecipe(
  workshop: Workshop,
  parameters: ModelParameters & { readonly seed: number },
  firstOrigin: DayNumber,
  onProgress: ReportProgress,
): Promise<SettledRecipe> {
  const asked = recipeOf(parameters);
  const { stopping_windows } = parameters;
  const roundsChoice =
    stopping_windows > 0
      ? await chooseRounds(workshop, asked, firstOrigin, stopping_windows, onProgress)
      : null;
  const rows = () => countTrainingRows(workshop.series, selectionOf(asked, firstOrigin));
  const rounds = roundsChoice?.rounds ?? (parameters.rounds || roundsFor(rows()));
  return { recipe: { ...asked, rounds }, roundsChoice };
}
