import { learnFirst, modelRows, NOTHING_LEARNED, type RowLayout } from '../training-set/row-layout.ts';

/** The rows of the model, with the columns of the target's plan even where it is known what promotions are worth. */
export const KEPT_PROMOTION_ROWS: RowLayout = {
  ...modelRows(NOTHING_LEARNED),
  learn: (series, lastDay) => modelRows(learnFirst(series, lastDay), 'kept'),
};
