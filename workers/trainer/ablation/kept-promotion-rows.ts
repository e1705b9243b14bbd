import { fitPromotionResponse } from '../promotion-response/fit-promotion-response.ts';
import { modelRows, type RowLayout } from '../training-set/row-layout.ts';

/** The rows of the model, with the columns of the target's plan even where it is known what promotions are worth. */
export const KEPT_PROMOTION_ROWS: RowLayout = {
  ...modelRows(null),
  learn: (series, lastDay) => modelRows(fitPromotionResponse(series, lastDay), 'kept'),
};
