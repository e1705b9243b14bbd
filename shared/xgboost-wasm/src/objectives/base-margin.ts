import type { Field } from '../document/field.ts';
import { linkOf } from './objectives.ts';

const f = Math.fround;

/**
 * The margin that a base_score stands for: the objective's ProbToMargin, step by step in float32.
 * From 3.2 on XGBoost clamps the logit's argument to [1e-6, 1 - 1e-6].
 *
 * @throws XgboostWasmError `invalid-model` when the score is outside the objective's range
 */
export function baseMarginOf(field: Field, objective: string, score: number, version: readonly number[], logf: (x: number) => number): number {
  const [major = 0, minor = 0] = version;
  switch (linkOf(objective)) {
    case 'logit': {
      const clamps = major > 3 || (major === 3 && minor >= 2);
      const p = clamps ? Math.min(Math.max(score, f(1e-6)), f(1 - f(1e-6))) : score;
      if (!(p > 0 && p < 1)) throw field.fail(`must be inside (0, 1) for ${objective}, found ${score}`);
      return f(-logf(f(f(1 / p) - 1)));
    }
    case 'log':
      if (!(score > 0)) throw field.fail(`must be positive for ${objective}, found ${score}`);
      return logf(score);
    default:
      return score;
  }
}
