const SWEEPS = 50;

/**
 * Moves `weights` to where the quadratic model of a likelihood is highest, among weights of 0 and more: slope'd -
 * d'curvature d / 2 - ridge |weights + d - prior|^2 / 2, by coordinate ascent.
 *
 * @param weights n values, changed in place
 * @param curvature n x n, symmetric, row by row
 * @param prior n values
 */
export function climb(
  weights: Float64Array,
  slope: Float64Array,
  curvature: Float64Array,
  prior: Float64Array,
  ridge: number,
): void {
  const size = weights.length;
  const step = new Float64Array(size);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let k = 0; k < size; k++) {
      const weight = (weights[k] as number) + (step[k] as number);
      let uphill = (slope[k] as number) - ridge * (weight - (prior[k] as number));
      for (let j = 0; j < size; j++) uphill -= (curvature[k * size + j] as number) * (step[j] as number);
      const bend = Math.max(0, curvature[k * size + k] as number) + ridge;
      step[k] = Math.max(0, weight + uphill / bend) - (weights[k] as number);
    }
  }
  step.forEach((change, k) => {
    weights[k] = (weights[k] as number) + change;
  });
}
