import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { buildSampledRows, FEATURE_COUNT } from '../../../shared/features/index.ts';
import type { PanelSeries } from './panel-series.ts';

/** What the columns of a row are, and what its target is measured from. */
export interface RowLayout {
  readonly columns: number;
  /**
   * Writes the rows of the first `count` of `horizons` one after the other from `offset` on, and what each row's target
   * is measured from: label = log1p(units) - anchor. Reads units and tickets up to the origin only.
   */
  write(
    series: PanelSeries,
    origin: DayNumber,
    horizons: Uint8Array,
    count: number,
    out: Float32Array,
    offset: number,
    anchorsOut: Float64Array,
  ): void;
}

/** The rows of the model in service: the features that the API builds, the target measured from the anchor. */
export const MODEL_ROWS: RowLayout = {
  columns: FEATURE_COUNT,
  write: ({ history, covariates }, origin, horizons, count, out, offset, anchorsOut) =>
    buildSampledRows(history, covariates, origin, horizons, count, out, offset, anchorsOut),
};
