import type { ModelInfo } from '../engine/model-info.ts';

/** Contributions of a linear model: weight times value, and the bias with the margin it starts from. */
export function linearContributions(
  info: ModelInfo,
  weights: Float32Array,
  rows: Float32Array,
  n: number,
  missing: number,
  margins: Float32Array | undefined,
  result: Float32Array,
): void {
  const { featureCount, groupCount, baseMargins } = info;
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let g = 0; g < groupCount; g++) {
      for (let f = 0; f < featureCount; f++) {
        const x = rows[i * featureCount + f] ?? Number.NaN;
        result[at++] = Number.isNaN(x) || x === missing ? 0 : x * (weights[f * groupCount + g] ?? 0);
      }
      const start = margins === undefined ? (baseMargins[g] ?? 0) : (margins[i * groupCount + g] ?? 0);
      result[at++] = (weights[featureCount * groupCount + g] ?? 0) + start;
    }
  }
}
