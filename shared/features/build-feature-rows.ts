import type { DayNumber } from '../calendar/day-number.ts';
import { type AnchorColumns, writeAnchor } from './anchor.ts';
import { CALENDAR_FEATURES, HOLIDAY_FEATURES } from './calendar-table.ts';
import { STATIC_FEATURES } from './categories.ts';
import { writeClosureFeatures } from './closure-features.ts';
import type { SeriesCovariates } from './covariates.ts';
import { writeDemandFeatures } from './demand-features.ts';
import { FEATURE_COUNT, HORIZON, ORIGIN_FEATURES } from './feature-set.ts';
import { OIL_FEATURES } from './oil-table.ts';
import { createOriginWindow, loadOriginWindow } from './origin-window.ts';
import {
  createPromotionPlan,
  loadPromotionPlan,
  writePastPromotionFeatures,
  writeTargetPromotionFeatures,
} from './promotion-features.ts';
import type { SeriesHistory } from './series-history.ts';
import { writeTicketFeatures } from './ticket-features.ts';
import { weekdayLag } from './weekday-level.ts';
import { createWeekdayProfile, loadWeekdayProfile, writeWeekdayFeatures } from './weekday-profile.ts';
import { createYearAgoWindow, loadYearAgoWindow, writeYearAgoFeatures } from './year-ago-features.ts';

const window = createOriginWindow();
const weekdays = createWeekdayProfile();
const yearAgo = createYearAgoWindow();
const plan = createPromotionPlan(HORIZON);

/**
 * Writes the features of one series, one origin and one horizon to `out[offset .. offset + FEATURE_COUNT)`, in the order of
 * `FEATURE_NAMES`; NaN where not known. Reads units and tickets up to the origin only.
 *
 * @param origin last day that is known
 * @param h days from the origin to the target, 1..`HORIZON`
 * @throws {RangeError} when h, or a day that is needed, lies outside what `covariates` cover or `out` has no room
 */
export function buildFeatureRow(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  h: number,
  out: Float32Array,
  offset = 0,
): void {
  requireHorizon(h);
  requireRange(covariates, origin, h, out, offset, 1);
  loadOrigin(history, origin);
  const at = writeOriginFeatures(covariates, origin, out, offset);
  writeTargetFeatures(history, covariates, origin, h, out, at);
}

/**
 * Writes the rows of h = 1..`HORIZON` one after the other, from `offset` on. The bits are those of `buildFeatureRow`;
 * what depends on the origin alone is computed once.
 *
 * @throws {RangeError} as `buildFeatureRow` does
 */
export function buildFeatureRows(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  out: Float32Array,
  offset = 0,
): void {
  requireRange(covariates, origin, HORIZON, out, offset, HORIZON);
  loadOrigin(history, origin);
  writeOriginFeatures(covariates, origin, out, offset);
  for (let h = 1; h <= HORIZON; h++) {
    const row = offset + (h - 1) * FEATURE_COUNT;
    if (h > 1) out.copyWithin(row, offset, offset + ORIGIN_FEATURES.length);
    writeTargetFeatures(history, covariates, origin, h, out, row + ORIGIN_FEATURES.length);
  }
}

/**
 * Writes the rows of the given horizons only, one after the other, and their anchors; for training on a sample of rows.
 *
 * @param horizons values of h; the first `count` are used
 * @param anchorsOut receives the anchor of each row, from row 0
 * @throws {RangeError} as `buildFeatureRow` does
 */
export function buildSampledRows(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  horizons: Uint8Array,
  count: number,
  out: Float32Array,
  offset: number,
  anchorsOut: AnchorColumns,
): void {
  loadOrigin(history, origin);
  for (let i = 0; i < count; i++) {
    const h = horizons[i] as number;
    const row = offset + i * FEATURE_COUNT;
    requireHorizon(h);
    requireRange(covariates, origin, h, out, row, 1);
    if (i === 0) writeOriginFeatures(covariates, origin, out, offset);
    else out.copyWithin(row, offset, offset + ORIGIN_FEATURES.length);
    writeTargetFeatures(history, covariates, origin, h, out, row + ORIGIN_FEATURES.length);
    writeAnchor(window, h, anchorsOut, i);
  }
}

function loadOrigin(history: SeriesHistory, origin: DayNumber): void {
  loadOriginWindow(window, history, origin);
  loadWeekdayProfile(weekdays, window);
  loadYearAgoWindow(yearAgo, history, origin, window.hasTickets);
  loadPromotionPlan(plan, history, origin);
}

function writeOriginFeatures(
  covariates: SeriesCovariates,
  origin: DayNumber,
  out: Float32Array,
  offset: number,
): number {
  let at = writeDemandFeatures(window, out, offset);
  at = writePastPromotionFeatures(window, out, at);
  at = writeTicketFeatures(window, out, at);
  at = copyTableRow(covariates.oil, origin - covariates.fromDay, OIL_FEATURES.length, out, at);
  return copyTableRow(covariates.statics, 0, STATIC_FEATURES.length, out, at);
}

function writeTargetFeatures(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  h: number,
  out: Float32Array,
  offset: number,
): void {
  const day = origin + h - covariates.fromDay;
  out[offset] = h;
  let at = writeWeekdayFeatures(weekdays, h, out, offset + 1);
  const sameDate = origin + h - (covariates.sameDates[day] as number);
  at = writeYearAgoFeatures(yearAgo, history, sameDate, h, out, at);
  at = writeTargetPromotionFeatures(plan, weekdays.logItems[weekdayLag(h)] as number, h, out, at);
  at = writeClosureFeatures(history, origin, h, out, at);
  at = copyTableRow(covariates.calendar, day, CALENDAR_FEATURES.length, out, at);
  copyTableRow(covariates.holidays, day, HOLIDAY_FEATURES.length, out, at);
}

function copyTableRow(
  table: Float32Array,
  row: number,
  columns: number,
  out: Float32Array,
  offset: number,
): number {
  const from = row * columns;
  for (let i = 0; i < columns; i++) out[offset + i] = table[from + i] as number;
  return offset + columns;
}

function requireHorizon(h: number): void {
  if (!(Number.isInteger(h) && h >= 1 && h <= HORIZON)) {
    throw new RangeError(`h = ${h}: forecasts reach from 1 to ${HORIZON} days ahead`);
  }
}

function requireRange(
  covariates: SeriesCovariates,
  origin: DayNumber,
  h: number,
  out: Float32Array,
  offset: number,
  rows: number,
): void {
  if (!(origin >= covariates.fromDay && origin + h <= covariates.toDay)) {
    throw new RangeError(
      `origin ${origin} with h = ${h} lies outside the covariates' days ${covariates.fromDay}..${covariates.toDay}: ` +
        'create them from the earliest origin to the last target day',
    );
  }
  if (offset < 0 || offset + rows * FEATURE_COUNT > out.length) {
    throw new RangeError(
      `out has ${out.length} values, ${rows} rows from offset ${offset} need ${offset + rows * FEATURE_COUNT}`,
    );
  }
}
