/**
 * The features of the demand model: one ordered list of names, definitions and the only code that computes them. The
 * trainer maps it over the panel, the API over a reading of the sales store, with equal bits.
 *
 * Every row is anchored at an origin, the last finished day, and has the horizon as a column; units and tickets after
 * the origin are never read.
 *
 * @example
 * const covariates = createCovariates(catalog, origin, origin + HORIZON, manifest.categories);
 * const out = { rows: new Float32Array(HORIZON * FEATURE_COUNT), anchors: createAnchorColumns(HORIZON) };
 * const history = historyFromReading(reading, planned, closed);
 * createFeatureBuilder().build(history, covariates.of({ storeNbr: '44', family: 'DAIRY' }), origin, HORIZONS, out);
 *
 * @module
 */
export {
  type CovariateSource,
  type Covariates,
  createCovariates,
  type SeriesCovariates,
  UnknownStoreError,
} from './covariates.ts';
export {
  type AnchorColumns,
  anchorsFrom,
  blankTargetPromotion,
  createAnchorColumns,
  createFeatureBuilder,
  FEATURE_COUNT,
  FEATURE_NAMES,
  FEATURES,
  TARGET_PROMOTION_COLUMNS,
} from './feature-builder.ts';
export { FEATURE_FINGERPRINT } from './feature-fingerprint.ts';
export { HORIZON, HORIZONS, PLANNED_DAYS } from './horizon.ts';
export { MIN_KNOWN_DAYS } from './origin-window.ts';
export { closedColumn, type DailyColumns, historyFromReading, type SeriesHistory } from './series-history.ts';
export { type Categories, createCategories, staticValue } from './static-features.ts';
export { LOOKBACK_DAYS } from './year-ago-features.ts';
