import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import {
  type AnchorColumns,
  createAnchorColumns,
  createFeatureBuilder,
  FEATURE_COUNT,
  HORIZON,
  HORIZONS,
  type SeriesCovariates,
  type SeriesHistory,
} from '../../../shared/features/index.ts';

const builder = createFeatureBuilder();

/** Writes the row of one horizon to `out` from `offset` on. */
export function buildFeatureRow(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  h: number,
  out: Float32Array,
  offset = 0,
): void {
  const anchors = createAnchorColumns(1);
  builder.build(history, covariates, origin, [h], { rows: out, offset, anchors });
}

/** Writes the rows of all horizons to `out` from `offset` on. */
export function buildFeatureRows(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  out: Float32Array,
  offset = 0,
): void {
  const anchors = createAnchorColumns(HORIZON);
  builder.build(history, covariates, origin, HORIZONS, { rows: out, offset, anchors });
}

/** The anchors of h = 1..`count`, for which nothing but the history matters. */
export function anchorsOf(history: SeriesHistory, origin: DayNumber, count: number): AnchorColumns {
  const anchors = createAnchorColumns(count);
  const rows = new Float32Array(count * FEATURE_COUNT);
  builder.build(history, withoutCovariates(origin), origin, HORIZONS, { rows, anchors }, count);
  return anchors;
}

export function isEstablished(history: SeriesHistory, origin: DayNumber): boolean {
  return builder.isEstablished(history, origin);
}

function withoutCovariates(origin: DayNumber): SeriesCovariates {
  const days = HORIZON + 1;
  const table = new Float32Array(days * FEATURE_COUNT);
  return {
    fromDay: origin,
    toDay: origin + HORIZON,
    calendar: table,
    sameDates: new Uint16Array(days),
    holidays: table,
    oil: table,
    statics: table,
  };
}
