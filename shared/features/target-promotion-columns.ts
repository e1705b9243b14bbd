import { FEATURE_COUNT, FEATURE_NAMES } from './feature-set.ts';

/** Columns that say how much is on promotion on the target day itself. */
export const TARGET_PROMOTION_COLUMNS: readonly string[] = [
  'promotion',
  'promotion_items',
  'promotion_change',
];
const INDICES = TARGET_PROMOTION_COLUMNS.map((name) => FEATURE_NAMES.indexOf(name));

/**
 * Makes them unknown in `count` rows from `offset` on: for a family whose model has learned apart from the trees what its
 * promotions are worth, and must not count it twice.
 */
export function blankTargetPromotion(rows: Float32Array, offset: number, count: number): void {
  for (let row = 0; row < count; row++) {
    for (const column of INDICES) rows[offset + row * FEATURE_COUNT + column] = Number.NaN;
  }
}
