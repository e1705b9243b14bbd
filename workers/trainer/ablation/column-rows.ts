import { HORIZON } from '../../../shared/features/index.ts';
import { MODEL_ROWS, type RowLayout } from '../training-set/row-layout.ts';

/**
 * The rows of the model with some of the columns only, measured from the same anchor. Columns are left out, not blanked:
 * a column of nothing but unknowns would still be drawn when a tree draws its columns, in place of one that says something.
 * Whole rows are built and copied, which takes a hundredth of the time of the fit.
 *
 * @param kept indices of the columns
 */
export function rowsOfColumns(kept: readonly number[], of: RowLayout = MODEL_ROWS): RowLayout {
  const whole = new Float32Array(HORIZON * of.columns);
  const { learn, unrepeated } = of;
  const leftOf = (columns: readonly number[]) =>
    columns.map((column) => kept.indexOf(column)).filter((at) => at >= 0);
  return {
    columns: kept.length,
    ...(unrepeated && {
      unrepeated: (...history: Parameters<typeof unrepeated>) => leftOf(unrepeated(...history)),
    }),
    write(series, origin, horizons, count, out, offset, bases) {
      of.write(series, origin, horizons, count, whole, 0, bases);
      let at = offset;
      for (let row = 0; row < count; row++) {
        for (const column of kept) out[at++] = whole[row * of.columns + column] as number;
      }
    },
    ...(learn && { learn: (series, lastDay) => rowsOfColumns(kept, learn(series, lastDay)) }),
  };
}
