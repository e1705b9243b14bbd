import type { TrainingRows } from './training-set/training-rows.ts';
import type { Booster, BoosterParams, Loss, Xgboost } from './xgboost/xgboost.ts';

export interface FitOptions {
  readonly params: BoosterParams;
  readonly rounds: number;
  readonly threads: number;
}

/** The loss on the rows that a model was fitted on, after so many rounds. */
export interface TrainingLoss extends Loss {
  readonly round: number;
}

/** Points of a training curve. */
const CURVE_POINTS = 25;

/**
 * Fits one model. Gives the event loop a turn between rounds, so that a progress bar moves and Ctrl-C works.
 *
 * @param onLoss told at some rounds how far the loss on the rows has gone down
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
  } catch (error) {
    booster[Symbol.dispose]();
    throw error;
  }
  return booster;
}
