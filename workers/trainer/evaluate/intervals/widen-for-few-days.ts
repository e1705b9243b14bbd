import { at } from '../../../../shared/at.ts';
import { volumeClassOf } from '../../../../shared/forecast/volume-class.ts';
import type { Conformal, QuantileTables } from '../../../../shared/schemas/manifest.ts';

/**
 * Factors by which the intervals of a short history are stretched about the median: its weeks do not show how far the
 * next one lies from them. Errors of days partly cancel out in a sum, errors of the level do not.
 */
const STRETCH_OF_DAYS = 1.35;
const STRETCH_OF_SUMS = 1.75;
/** No interval reaches beyond so many times the forecast: one series that was launched says nothing about the others. */
const MOST_TIMES = 5;
/** The standard normal's 90 % quantile. */
const NORMAL_P90 = 1.2816;

/**
 * The intervals of a history that is too short for trees: stretched, bounded, and at least as wide as counting noise.
 * Customers who decide independently buy a number of units whose variance is its mean (Poisson), however even the few
 * days were.
 *
 * @param levels `volumeLevel` behind each residual
 */
export function widenForFewDays(conformal: Conformal, levels: Float64Array): Conformal {
  const { class_bounds, cumulative } = conformal;
  const units = slowLevels(levels, class_bounds).map(Math.expm1);
  return {
    ...conformal,
    ...widened(conformal, STRETCH_OF_DAYS, (volumeClass) => at(units, volumeClass)),
    ...(cumulative && {
      cumulative: widened(cumulative, STRETCH_OF_SUMS, (volumeClass, index) => {
        return at(units, volumeClass) * (index + 1);
      }),
    }),
  };
}

/** The level below which a quarter of each class's sellers lie; of all sellers where a class has none. */
function slowLevels(levels: Float64Array, bounds: readonly number[]): number[] {
  const sold = levels.filter((level) => level > 0).sort();
  return Array.from({ length: bounds.length + 1 }, (_, volumeClass) => {
    const own = sold.filter((level) => volumeClassOf(bounds, level) === volumeClass);
    const sorted = own.length > 0 ? own : sold;
    return sorted.length > 0 ? at(sorted, sorted.length >> 2) : 0;
  });
}

function widened(
  { p10, p50, p90 }: QuantileTables,
  stretch: number,
  unitsOf: (volumeClass: number, index: number) => number,
): QuantileTables {
  const most = Math.log(MOST_TIMES);
  const ends = (table: readonly (readonly number[])[], side: -1 | 1) =>
    table.map((row, volumeClass) =>
      row.map((value, index) => {
        const middle = at(at(p50, volumeClass), index);
        const reach = side * Math.min(most, side * (middle + stretch * (value - middle)));
        return side * Math.max(side * reach, side * countingReach(unitsOf(volumeClass, index), side));
      }),
    );
  const bounded = p50.map((row) => row.map((value) => Math.max(-most, Math.min(most, value))));
  return { p10: ends(p10, -1), p50: bounded, p90: ends(p90, 1) };
}

/** The residual of log1p(units) at the end of the 80 % interval of a Poisson number. */
function countingReach(units: number, side: -1 | 1): number {
  return Math.log1p(Math.max(0, units + side * NORMAL_P90 * Math.sqrt(units))) - Math.log1p(units);
}
