import type { Xgboost } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';

/** XGBoost on targets that have nothing to do with their rows: what a pipeline that mixes up its rows would learn. */
export function shufflingTargets(real: Xgboost): Xgboost {
  return {
    ...real,
    createMatrix(rows, columns, labels, threads) {
      const random = sequence(7);
      const shuffled = labels?.slice() ?? null;
      for (let i = (shuffled?.length ?? 0) - 1; shuffled && i > 0; i--) {
        const other = Math.floor(random() * (i + 1));
        [shuffled[i], shuffled[other]] = [shuffled[other] as number, shuffled[i] as number];
      }
      return real.createMatrix(rows, columns, shuffled, threads);
    },
  };
}
