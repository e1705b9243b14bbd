import { HORIZON } from '../../../shared/features/index.ts';
import { MODEL_ROWS, type RowLayout } from '../training-set/row-layout.ts';
import { basesFrom } from '../training-set/target-bases.ts';

const FARTHEST = Uint8Array.of(HORIZON);

/**
 * Rows without a horizon: whatever the target, its features are those of `HORIZON` days before it. One model for all days
 * ahead that knows nothing of the last days where they are known; the horizon's column is the same in every row.
 */
export const LAG_ROWS: RowLayout = lagRows(MODEL_ROWS);

function lagRows({ columns, write, learn }: RowLayout): RowLayout {
  return {
    columns,
    write(series, origin, horizons, count, out, offset, bases) {
      for (let i = 0; i < count; i++) {
        const earlier = Math.max(series.covariates.fromDay, origin + (horizons[i] as number) - HORIZON);
        write(series, earlier, FARTHEST, 1, out, offset + i * columns, basesFrom(bases, i));
      }
    },
    ...(learn && { learn: (series, lastDay) => lagRows(learn(series, lastDay)) }),
  };
}
