import type { Conformal } from '../schemas/manifest.ts';

/**
 * Split-conformal prediction intervals in log space: quantiles of the residuals that a backtest left, by horizon and
 * by volume class, because small series are relatively noisier than large ones and far days harder than near ones.
 *
 * @module
 */

/** One backtest residual each at the same index: log1p(units) - max(0, prediction). */
export interface Residuals {
  readonly residual: Float64Array;
  /** `volumeLevel` of the series at the origin. */
  readonly level: Float64Array;
  readonly h: Uint8Array;
}

export interface ConformalOptions {
  readonly horizon: number;
  /** Most volume classes that are told apart. */
  readonly maxClasses: number;
  /** Fewest residuals in one class. */
  readonly minPerClass: number;
  /** Fewest residuals behind one quantile: neighbouring horizons are pooled until there are so many. */
  readonly minPerCell: number;
}

export const CONFORMAL_DEFAULTS: ConformalOptions = {
  horizon: 16,
  maxClasses: 8,
  minPerClass: 400,
  minPerCell: 150,
};

/** Residuals beyond these quantiles count as these quantiles in the smearing factor: one freak must not set the mean. */
const SMEARING_TRIM = 0.005;

/** @throws {RangeError} when there are no residuals. */
export function fitConformal(
  residuals: Residuals,
  options: ConformalOptions = CONFORMAL_DEFAULTS,
): Conformal {
  if (residuals.residual.length === 0) {
    throw new RangeError('no residuals: intervals need at least one backtest window with known sales');
  }
  const bounds = classBoundsOf(residuals.level, options);
  const cells = Array.from({ length: bounds.length + 1 }, (_, volumeClass) => {
    const byHorizon = residualsByHorizon(residuals, bounds, volumeClass, options.horizon);
    return byHorizon.map((_, index) => pooledAround(byHorizon, index, options.minPerCell));
  });
  const table = (statistic: (sorted: Float64Array) => number) => cells.map((row) => row.map(statistic));
  return {
    class_bounds: bounds,
    p10: table((sorted) => lowerQuantile(sorted, 0.1)),
    p50: table((sorted) => interpolatedQuantile(sorted, 0.5)),
    p90: table((sorted) => upperQuantile(sorted, 0.9)),
    smearing: table(smearingFactor),
  };
}

/** Index of the first class whose bound is above `level`. */
export function volumeClassOf(bounds: readonly number[], level: number): number {
  let volumeClass = 0;
  while (volumeClass < bounds.length && !(level < (bounds[volumeClass] as number))) volumeClass++;
  return volumeClass;
}

/** Upper bounds of classes with about as many residuals each. */
function classBoundsOf(levels: Float64Array, options: ConformalOptions): number[] {
  const sorted = levels.slice().sort();
  const wanted = Math.floor(sorted.length / options.minPerClass);
  const classes = Math.max(1, Math.min(options.maxClasses, wanted));
  const bounds = new Set<number>();
  for (let i = 1; i < classes; i++) bounds.add(sorted[Math.floor((i * sorted.length) / classes)] as number);
  // A bound at the least level would leave the class below it empty.
  bounds.delete(sorted[0] as number);
  return [...bounds].sort((a, b) => a - b);
}

function residualsByHorizon(
  { residual, level, h }: Residuals,
  bounds: readonly number[],
  volumeClass: number,
  horizon: number,
): number[][] {
  const byHorizon: number[][] = Array.from({ length: horizon }, () => []);
  for (let i = 0; i < residual.length; i++) {
    if (volumeClassOf(bounds, level[i] as number) !== volumeClass) continue;
    byHorizon[(h[i] as number) - 1]?.push(residual[i] as number);
  }
  return byHorizon;
}

/** The residuals of one horizon and as many neighbours on both sides as it takes, sorted. */
function pooledAround(byHorizon: readonly number[][], index: number, minimum: number): Float64Array {
  for (let reach = 0; ; reach++) {
    const pooled = byHorizon.slice(Math.max(0, index - reach), index + reach + 1).flat();
    if (pooled.length >= minimum || reach >= byHorizon.length) return Float64Array.from(pooled).sort();
  }
}

/** The ceil((n + 1) q)-th smallest residual: a new one lies at or below it with probability of at least q. */
function upperQuantile(sorted: Float64Array, q: number): number {
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * q));
  return sorted[rank - 1] as number;
}

/** The floor((n + 1) q)-th smallest residual: a new one lies at or above it with probability of at least 1 - q. */
function lowerQuantile(sorted: Float64Array, q: number): number {
  const rank = Math.max(1, Math.floor((sorted.length + 1) * q));
  return sorted[rank - 1] as number;
}

function interpolatedQuantile(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** mean(exp(residual)), Duan 1983, "Smearing Estimate: A Nonparametric Retransformation Method". */
function smearingFactor(sorted: Float64Array): number {
  const least = interpolatedQuantile(sorted, SMEARING_TRIM);
  const greatest = interpolatedQuantile(sorted, 1 - SMEARING_TRIM);
  let sum = 0;
  for (const residual of sorted) sum += Math.exp(Math.min(greatest, Math.max(least, residual)));
  return sum / sorted.length;
}
