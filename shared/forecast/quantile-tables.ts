import type { QuantileTables } from '../schemas/manifest.ts';
import { joinColumns, poolCells, type ResidualCells } from './residual-cells.ts';
import { interpolatedQuantile, lowerQuantile, upperQuantile } from './sorted-quantiles.ts';

/** Share of values that lie between p10 and p90. */
const COVERAGE = 0.8;
/** The factor by which intervals are stretched stays within these, whatever the windows say. */
const STRETCH_RANGE = [1, 2] as const;

/**
 * Quantiles of residuals by class and horizon, stretched about the median so that they hold for a window that is not
 * among them.
 *
 * All series of a window share its weather, holidays and strikes, so a few windows know less of the next one than their
 * many residuals pretend. What they do know is how far each of them lay from all the others: every window is left out
 * in turn, and the stretch is what the quantiles of the others would have needed to cover 80 % of the ones left out
 * (as CV+ does; Barber, Candes, Ramdas, Tibshirani 2021, "Predictive Inference with the Jackknife+").
 *
 * @param windows residuals of each backtest window, in cells of the same bounds
 * @param minPerCell fewest residuals behind one quantile
 */
export function fitQuantileTables(windows: readonly ResidualCells[], minPerCell: number): QuantileTables {
  return stretched(plainTables(windows, minPerCell), stretchOf(windows, minPerCell));
}

function plainTables(windows: readonly ResidualCells[], minPerCell: number): QuantileTables {
  const cells = poolCells(windows, minPerCell);
  const table = (statistic: (sorted: Float64Array) => number) => cells.map((row) => row.map(statistic));
  return {
    p10: table((sorted) => lowerQuantile(sorted, (1 - COVERAGE) / 2)),
    p50: table((sorted) => interpolatedQuantile(sorted, 0.5)),
    p90: table((sorted) => upperQuantile(sorted, (1 + COVERAGE) / 2)),
  };
}

function stretchOf(windows: readonly ResidualCells[], minPerCell: number): number {
  const needed = windows.flatMap((held) => {
    const others = windows.filter((window) => window !== held);
    return others.some(holdsResiduals) ? neededStretches(held, plainTables(others, minPerCell)) : [];
  });
  const sorted = joinColumns(needed).sort();
  if (sorted.length === 0) return 1;
  const [least, most] = STRETCH_RANGE;
  return Math.min(most, Math.max(least, upperQuantile(sorted, COVERAGE)));
}

function holdsResiduals(cells: ResidualCells): boolean {
  return cells.some((row) => row.some(({ length }) => length > 0));
}

/** By how much the interval would have to be stretched to reach each residual: its distance from p50 over the interval's. */
function neededStretches(held: ResidualCells, { p10, p50, p90 }: QuantileTables): Float64Array[] {
  return held.flatMap((row, volumeClass) =>
    row.map((residuals, index) => {
      const low = p10[volumeClass]?.[index] as number;
      const middle = p50[volumeClass]?.[index] as number;
      const high = p90[volumeClass]?.[index] as number;
      return residuals.map((residual) => {
        if (residual === middle) return 0;
        const end = residual > middle ? high : low;
        return end === middle ? Number.POSITIVE_INFINITY : (residual - middle) / (end - middle);
      });
    }),
  );
}

function stretched({ p10, p50, p90 }: QuantileTables, factor: number): QuantileTables {
  const away = (table: readonly (readonly number[])[]) =>
    table.map((row, volumeClass) =>
      row.map((value, index) => {
        const middle = p50[volumeClass]?.[index] as number;
        return middle + factor * (value - middle);
      }),
    );
  return { p10: away(p10), p50, p90: away(p90) };
}
