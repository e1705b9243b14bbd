/** The exponent stays within these: sums of independent days have -1/2, a forecast of a random walk +1/2. */
const EXPONENT_RANGE = [-1, 1] as const;

/**
 * How far residuals spread at each horizon, in proportion to the first: h^b, with the b that fits the logarithms of the
 * mean absolute residuals best, every horizon weighing by its residuals. A power of h has one number to learn, so that a
 * few dozen residuals tell it; their shape takes hundreds and is pooled.
 *
 * @param rows residuals at `[h - 1]`, of any number of windows
 * @returns one value for each horizon; all 1 where fewer than two horizons have residuals
 */
export function spreadByHorizon(rows: readonly (readonly Float64Array[])[]): number[] {
  const horizon = rows[0]?.length ?? 0;
  const points = Array.from({ length: horizon }, (_, i) => {
    let count = 0;
    let sum = 0;
    for (const row of rows) {
      for (const residual of row[i] ?? []) {
        count++;
        sum += Math.abs(residual);
      }
    }
    return { x: Math.log(i + 1), y: Math.log(sum / count), count };
  }).filter(({ y }) => Number.isFinite(y));
  const total = points.reduce((sum, { count }) => sum + count, 0);
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point) * point.count, 0) / total;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const variance = mean(({ x }) => (x - meanX) ** 2);
  const slope = variance > 0 ? mean(({ x, y }) => (x - meanX) * (y - meanY)) / variance : 0;
  const exponent = Math.min(EXPONENT_RANGE[1], Math.max(EXPONENT_RANGE[0], slope));
  return Array.from({ length: horizon }, (_, i) => (i + 1) ** exponent);
}
