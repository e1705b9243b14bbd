import type { Xgboost } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';

/** XGBoost on targets that are unrelated to their rows, as in a pipeline that mixes up its rows. */
export function shufflingTargets(real: Xgboost): Xgboost {
  return spoiling(real, (labels) => {
    const random = sequence(7);
    for (let i = labels.length - 1; i > 0; i--) {
      const other = Math.floor(random() * (i + 1));
      [labels[i], labels[other]] = [labels[other] as number, labels[i] as number];
    }
  });
}

/**
 * XGBoost on targets of the opposite sign, which is worse than learning nothing: trees that learn nothing leave the
 * anchor unchanged, which is as good as the best baseline.
 */
export function negatingTargets(real: Xgboost): Xgboost {
  return spoiling(real, (labels) => {
    labels.forEach((label, i) => {
      labels[i] = -label;
    });
  });
}

function spoiling(real: Xgboost, spoil: (labels: Float32Array) => void): Xgboost {
  return {
    ...real,
    createMatrix(rows, columns, labels, threads) {
      const spoiled = labels?.slice() ?? null;
      if (spoiled) spoil(spoiled);
      return real.createMatrix(rows, columns, spoiled, threads);
    },
  };
}
