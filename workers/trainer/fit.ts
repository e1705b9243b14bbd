import type { TrainingRows } from './training-set/training-rows.ts';
import type { Booster, BoosterParams, Xgboost } from './xgboost/xgboost.ts';

export interface FitOptions {
  readonly params: BoosterParams;
  readonly rounds: number;
  readonly threads: number;
}

/**
 * Fits one model. Gives the event loop a turn between rounds, so that a progress bar moves and Ctrl-C works.
 *
 * @returns the booster, which the caller frees
 */
export async function fitBooster(
  xgboost: Xgboost,
  rows: TrainingRows,
  options: FitOptions,
  onRound?: (round: number) => void,
): Promise<Booster> {
  using matrix = xgboost.createMatrix(rows.features, rows.columns, rows.labels, options.threads);
  const booster = xgboost.createBooster({ ...options.params, nthread: options.threads }, matrix);
  try {
    for (let round = 0; round < options.rounds; round++) {
      booster.update(round, matrix);
      onRound?.(round + 1);
      if (round % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    booster[Symbol.dispose]();
    throw error;
  }
  return booster;
}
