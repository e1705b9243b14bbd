/**
 * The features of the demand model: names, order, definitions and the only code that computes them. The trainer maps
 * it over the panel, the API over a reading of the feature store, and the bits are equal.
 *
 * Every row is anchored at an origin, the last closed day, and has the horizon as a column; units and tickets after the
 * origin are never read.
 *
 * @example
 * const covariates = createCovariates(catalog, origin, origin + HORIZON, manifest.categories);
 * const rows = new Float32Array(HORIZON * FEATURE_COUNT);
 * buildFeatureRows(historyFromReading(reading, planned), covariates.of({ storeNbr: 44, family: 'DAIRY' }), origin, rows);
 *
 * @module
 */
export {
  type AnchorColumns,
  anchorsFrom,
  createAnchorColumns,
  isEstablished,
  writeAnchors,
} from './anchor.ts';
export { buildFeatureRow, buildFeatureRows, buildSampledRows } from './build-feature-rows.ts';
export { type Categories, createCategories, staticValue } from './categories.ts';
export {
  type CovariateSource,
  type Covariates,
  createCovariates,
  type SeriesCovariates,
  UnknownStoreError,
} from './covariates.ts';
export {
  blankTargetPromotion,
  FEATURE_COUNT,
  FEATURE_NAMES,
  FEATURES,
  featureDefinitionHash,
  HORIZON,
  LOOKBACK_DAYS,
  PLANNED_DAYS,
  TARGET_PROMOTION_COLUMNS,
} from './feature-set.ts';
export { MIN_KNOWN_DAYS } from './origin-window.ts';
export type { SeriesHistory } from './series-history.ts';
export { closedAfter, type DailyColumns, historyFromReading } from './series-history.ts';
