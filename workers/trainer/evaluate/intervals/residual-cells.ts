import { at } from '../../../../shared/at.ts';
import { volumeClassOf } from '../../../../shared/forecast/volume-class.ts';

/** One residual each at the same index, in log space: log1p(units) - max(0, prediction). */
export interface Residuals {
  readonly residual: Float64Array;
  /** `volumeLevel` of the series at the origin. */
  readonly level: Float64Array;
  /** Days ahead, or days added up. */
  readonly h: Uint8Array;
}

/** Residuals by volume class and horizon, at `[class][h - 1]`. */
export type ResidualCells = readonly (readonly Float64Array[])[];

/** The residuals of one window, each in its own cell. */
export function binResiduals(
  { residual, level, h }: Residuals,
  bounds: readonly number[],
  horizon: number,
): ResidualCells {
  const classes = bounds.length + 1;
  const cellOf = Uint32Array.from(
    level,
    (value, i) => volumeClassOf(bounds, value) * horizon + (h[i] as number) - 1,
  );
  const counts = new Uint32Array(classes * horizon);
  for (const cell of cellOf) counts[cell] = (counts[cell] as number) + 1;
  const cells = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Uint32Array(cells.length);
  cellOf.forEach((cell, i) => {
    const at = filled[cell] as number;
    (cells[cell] as Float64Array)[at] = residual[i] as number;
    filled[cell] = at + 1;
  });
  return Array.from({ length: classes }, (_, row) => cells.slice(row * horizon, (row + 1) * horizon));
}

/**
 * The residuals of several windows behind each quantile, in ascending order: those of the cell and of as many
 * horizons on both sides as necessary, scaled to the spread of the cell's own horizon (`spreadByHorizon`): sums of
 * two days have larger relative errors than sums of sixteen. A class without residuals uses those of all classes.
 *
 * @param windows with at least one residual between them, in cells of the same bounds
 * @param minPerCell fewest residuals behind one quantile
 */
export function poolCells(windows: readonly ResidualCells[], minPerCell: number): ResidualCells {
  const classes = at(windows, 0).length;
  const rowsOf = (volumeClass: number) => windows.map((cells) => at(cells, volumeClass));
  const everyRow = () => windows.flat();
  return Array.from({ length: classes }, (_, volumeClass) => {
    const own = rowsOf(volumeClass);
    const rows = own.some((row) => row.some(({ length }) => length > 0)) ? own : everyRow();
    const horizon = at(rows, 0).length;
    const counts = Array.from({ length: horizon }, (_, h) =>
      rows.reduce((sum, row) => sum + at(row, h).length, 0),
    );
    const spreads = spreadByHorizon(rows);
    return counts.map((_, index) => pooledAround(rows, counts, spreads, index, minPerCell));
  });
}

function pooledAround(
  rows: readonly (readonly Float64Array[])[],
  counts: readonly number[],
  spreads: readonly number[],
  index: number,
  minimum: number,
): Float64Array {
  for (let reach = 0; ; reach++) {
    const from = Math.max(0, index - reach);
    const end = index + reach + 1;
    const count = counts.slice(from, end).reduce((sum, value) => sum + value, 0);
    if (count < minimum && reach < counts.length) continue;
    const own = at(spreads, index);
    const scaled = (row: readonly Float64Array[]) =>
      row.slice(from, end).map((cell, k) => {
        const factor = own / at(spreads, from + k);
        return factor === 1 ? cell : cell.map((residual) => factor * residual);
      });
    return joinColumns(rows.flatMap(scaled)).sort();
  }
}

/** The columns one after the other. */
export function joinColumns(columns: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    joined.set(column, at);
    at += column.length;
  }
  return joined;
}

/** Bounds of the exponent: sums of independent days have -1/2, a forecast of a random walk +1/2. */
const EXPONENT_RANGE = [-1, 1] as const;

/**
 * How far residuals spread at each horizon, in proportion to the first: h^b, with the b that fits the logarithms of
 * the mean absolute residuals best, every horizon weighted by its residuals. A power of h has one parameter, which a
 * few dozen residuals determine; the shape takes hundreds and is pooled.
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
      for (const residual of at(row, i)) {
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
