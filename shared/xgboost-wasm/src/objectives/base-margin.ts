import type { Field } from '../document/field.ts';
import { linkOf } from './objectives.ts';

const f = Math.fround;

/** The least distance between two expectiles. */
const EXPECTILE_GAP = f(1e-6);

/** log(exp(x) - 1), computed without loss of digits. */
function inverseSoftplus(x: number, logf: (x: number) => number): number {
  return f(x + logf(-f(Math.expm1(-x))));
}

/**
 * From 3.4 several expectiles are modelled as the lowest one and softplus gaps, so that they cannot cross:
 * the margin of output k > 0 is the inverse softplus of the gap to the one before.
 */
function expectileMargins(scores: Float32Array, logf: (x: number) => number): Float32Array {
  return scores.map((score, k) => {
    if (k === 0) return score;
    const gap = f(f(score - (scores[k - 1] ?? 0)) - EXPECTILE_GAP);
    return inverseSoftplus(Math.max(gap, EXPECTILE_GAP), logf);
  });
}

/**
 * The margins for base_score: the objective's link function, step by step in float32. From 3.2 on XGBoost clamps the
 * logit's argument to [1e-6, 1 - 1e-6].
 *
 * @throws XgboostWasmError `invalid-model` if a score is outside the objective's range
 */
export function baseMarginsOf(
  field: Field,
  objective: string,
  scores: Float32Array,
  version: readonly number[],
  logf: (x: number) => number,
): Float32Array {
  const [major = 0, minor = 0] = version;
  switch (linkOf(objective)) {
    case 'logit': {
      const clamps = major > 3 || (major === 3 && minor >= 2);
      return scores.map((score) => {
        const p = clamps ? Math.min(Math.max(score, f(1e-6)), f(1 - f(1e-6))) : score;
        if (!(p > 0 && p < 1)) throw field.fail(`must be inside (0, 1) for ${objective}, found ${score}`);
        return -logf(f(f(1 / p) - 1));
      });
    }
    case 'log':
      return scores.map((score) => {
        if (!(score > 0)) throw field.fail(`must be positive for ${objective}, found ${score}`);
        return logf(score);
      });
    case 'expectile':
      return expectileMargins(scores, logf);
    default:
      return scores;
  }
}
