import type { DayNumber } from '../calendar/day-number.ts';
import { CALENDAR_FEATURES, HOLIDAY_FEATURES } from './calendar-features.ts';
import type { SeriesCovariates } from './covariates.ts';
import { DEMAND_FEATURES, TICKET_FEATURES } from './demand-features.ts';
import { type Feature, type FeatureDefinition, writeFeatures } from './feature.ts';
import { HORIZON } from './horizon.ts';
import { OIL_FEATURES } from './oil-features.ts';
import { createOriginWindow, isAnchored, loadOriginWindow, type OriginWindow } from './origin-window.ts';
import {
  createPromotionPlan,
  loadPromotionPlan,
  PAST_PROMOTION_FEATURES,
  type PromotionPlan,
  TARGET_PROMOTION_FEATURES,
} from './promotion-features.ts';
import type { SeriesHistory } from './series-history.ts';
import { STATIC_FEATURES } from './static-features.ts';
import { CLOSURE_FEATURES, createTargets, HORIZON_FEATURES, type Targets } from './target-features.ts';
import {
  copyWeekdays,
  createWeekdayTable,
  loadWeekdays,
  WEEKDAY_FEATURES,
  type WeekdayTable,
} from './weekday-features.ts';
import { weekdayLag } from './weekday-levels.ts';
import { createYearAgo, loadYearAgo, YEAR_AGO_FEATURES, type YearAgo } from './year-ago-features.ts';

/** The data from which the rows of one origin are computed. */
interface Workspace {
  readonly window: OriginWindow;
  readonly targets: Targets;
  readonly weekdayTable: WeekdayTable;
  readonly yearAgo: YearAgo;
  readonly plan: PromotionPlan;
  covariates: SeriesCovariates;
}

/** Neighbouring columns and how they are written into the rows; the list of sections is the list of columns. */
interface Section {
  readonly features: readonly FeatureDefinition[];
  /** Writes its columns to the rows, the first value to `out[at]`. @returns the offset of the column after them */
  write(workspace: Workspace, out: Float32Array, at: number): number;
}

function computed<Source>(
  features: readonly Feature<Source>[],
  sourceOf: (workspace: Workspace) => Source,
): Section {
  return {
    features,
    write: (workspace, out, at) => writeFeatures(features, sourceOf(workspace), out, at, FEATURE_COUNT),
  };
}

/** One row of a table of covariates that the same features have written. */
function tabulated(
  features: readonly FeatureDefinition[],
  tableOf: (covariates: SeriesCovariates) => Float32Array,
  rowOf: (workspace: Workspace) => number,
): Section {
  return {
    features,
    write(workspace, out, at) {
      copyRow(tableOf(workspace.covariates), rowOf(workspace), features.length, out, at);
      return at + features.length;
    },
  };
}

/** The rows of the targets' days. */
function tabulatedByTarget(
  features: readonly FeatureDefinition[],
  tableOf: (covariates: SeriesCovariates) => Float32Array,
): Section {
  return {
    features,
    write({ covariates, targets }, out, at) {
      const table = tableOf(covariates);
      const row = targets.origin - covariates.fromDay;
      const { count, h } = targets;
      for (let i = 0; i < count; i++) {
        copyRow(table, row + (h[i] as number), features.length, out, at + i * FEATURE_COUNT);
      }
      return at + features.length;
    },
  };
}

function copyRow(table: Float32Array, row: number, columns: number, out: Float32Array, at: number): void {
  const from = row * columns;
  for (let i = 0; i < columns; i++) out[at + i] = table[from + i] as number;
}

/** Columns that are the same for every target of one origin. */
const ORIGIN_SECTIONS: readonly Section[] = [
  computed(DEMAND_FEATURES, ({ window }) => window),
  computed(PAST_PROMOTION_FEATURES, ({ window }) => window),
  computed(TICKET_FEATURES, ({ window }) => window),
  tabulated(
    OIL_FEATURES,
    ({ oil }) => oil,
    ({ targets, covariates }) => targets.origin - covariates.fromDay,
  ),
  tabulated(
    STATIC_FEATURES,
    ({ statics }) => statics,
    () => 0,
  ),
];

/** Columns of the targets. */
const TARGET_SECTIONS: readonly Section[] = [
  computed(HORIZON_FEATURES, ({ targets }) => targets),
  {
    features: WEEKDAY_FEATURES,
    write({ weekdayTable, targets }, out, at) {
      copyWeekdays(weekdayTable, targets, out, at, FEATURE_COUNT);
      return at + WEEKDAY_FEATURES.length;
    },
  },
  computed(YEAR_AGO_FEATURES, ({ yearAgo }) => yearAgo),
  computed(TARGET_PROMOTION_FEATURES, ({ plan }) => plan),
  computed(CLOSURE_FEATURES, ({ targets }) => targets),
  tabulatedByTarget(CALENDAR_FEATURES, ({ calendar }) => calendar),
  tabulatedByTarget(HOLIDAY_FEATURES, ({ holidays }) => holidays),
];

const featuresOf = (sections: readonly Section[]) => sections.flatMap(({ features }) => features);

const ORIGIN_COLUMNS = featuresOf(ORIGIN_SECTIONS).length;

/** Every column of a feature row, in order: first those of the origin, then those of the target. */
export const FEATURES: readonly FeatureDefinition[] = featuresOf([...ORIGIN_SECTIONS, ...TARGET_SECTIONS]);

export const FEATURE_NAMES: readonly string[] = FEATURES.map(({ name }) => name);
export const FEATURE_COUNT = FEATURES.length;

/** Columns about the promotions of the target day itself. */
export const TARGET_PROMOTION_COLUMNS: readonly string[] = [
  'promotion',
  'promotion_items',
  'promotion_change',
];
const TARGET_PROMOTION_INDICES = TARGET_PROMOTION_COLUMNS.map((name) => FEATURE_NAMES.indexOf(name));

/**
 * Makes these columns unknown in `count` rows from `offset` on: for a family with a promotion response of its own,
 * whose effect must not be counted twice.
 */
export function blankTargetPromotion(rows: Float32Array, offset: number, count: number): void {
  for (let row = 0; row < count; row++) {
    for (const column of TARGET_PROMOTION_INDICES) rows[offset + row * FEATURE_COUNT + column] = Number.NaN;
  }
}

/** The anchors of some rows, in columns. */
export interface AnchorColumns {
  /**
   * What the model's margin is added to, in log space: the mean of log1p(units) on the last four days, up to the
   * origin, of the target's weekday, without outliers. Where none of them is known it is the mean of the last 28
   * days, or of the last 140, plus the weekday's difference over 140 days; 0 where nothing is known.
   */
  readonly values: Float64Array;
  /** Which of the last four same weekdays the anchor is the mean of: bit 0 for the most recent, 0 for none of them. */
  readonly weeks: Uint8Array;
}

export function createAnchorColumns(rows: number): AnchorColumns {
  return { values: new Float64Array(rows), weeks: new Uint8Array(rows) };
}

/** The columns from row `first` on, in the same memory. */
export function anchorsFrom({ values, weeks }: AnchorColumns, first: number): AnchorColumns {
  return { values: values.subarray(first), weeks: weeks.subarray(first) };
}

/** Where rows are written. */
export interface RowsOut {
  /** Row-major, `FEATURE_COUNT` values a row. */
  readonly rows: Float32Array;
  /** Of the first value; 0 by default. */
  readonly offset?: number;
  /** Receives the anchor of each row, from row 0. */
  readonly anchors: AnchorColumns;
}

/** Builds feature rows. Not reentrant: it holds the working space of one origin. */
export interface FeatureBuilder {
  /**
   * Writes the rows of one series and one origin, one for each horizon, in the order of `FEATURE_NAMES`, NaN where a
   * value is unknown, and their anchors. Reads units and tickets up to the origin only.
   *
   * @param origin last day that is known
   * @param horizons days from the origin to the targets, 1..`HORIZON`
   * @param count how many of them; all by default
   * @returns `isEstablished`, which costs nothing here
   * @throws {RangeError} when a horizon, or a day that is needed, lies outside what `covariates` cover or `out` has
   *   no room
   */
  build(
    history: SeriesHistory,
    covariates: SeriesCovariates,
    origin: DayNumber,
    horizons: ArrayLike<number>,
    out: RowsOut,
    count?: number,
  ): boolean;
  /**
   * Whether enough days of a series are known up to the origin, and of the last weeks, for trees to correct its anchor.
   * Any other series is new, or back after weeks, and is forecast by what it, or its peers, sold before.
   */
  isEstablished(history: SeriesHistory, origin: DayNumber): boolean;
}

const NO_COVARIATES: SeriesCovariates = {
  fromDay: 0,
  toDay: -1,
  calendar: new Float32Array(),
  sameDates: new Uint16Array(),
  holidays: new Float32Array(),
  oil: new Float32Array(),
  statics: new Float32Array(),
};

export function createFeatureBuilder(): FeatureBuilder {
  const window = createOriginWindow();
  const targets = createTargets();
  const weekdayTable = createWeekdayTable(window);
  const yearAgo = createYearAgo(targets);
  const plan = createPromotionPlan(targets, weekdayTable.weekdays.logItems);
  const workspace: Workspace = { window, targets, weekdayTable, yearAgo, plan, covariates: NO_COVARIATES };

  const load = (
    history: SeriesHistory,
    covariates: SeriesCovariates,
    origin: DayNumber,
    horizons: ArrayLike<number>,
    count: number,
  ): void => {
    workspace.covariates = covariates;
    targets.history = history;
    targets.origin = origin;
    targets.count = count;
    for (let i = 0; i < count; i++) {
      const h = horizons[i] as number;
      targets.h[i] = h;
      targets.lag[i] = weekdayLag(h);
    }
    loadOriginWindow(window, history, origin);
    loadWeekdays(weekdayTable, targets);
    loadYearAgo(yearAgo, covariates.sameDates, origin - covariates.fromDay, window.hasTickets);
    loadPromotionPlan(plan);
  };

  const isEstablished = (history: SeriesHistory, origin: DayNumber): boolean => {
    loadOriginWindow(window, history, origin);
    return isAnchored(window);
  };

  return {
    build(history, covariates, origin, horizons, { rows, offset = 0, anchors }, count = horizons.length) {
      requireRange(covariates, origin, horizons, count);
      requireRoom(rows, offset, count);
      if (count === 0) return isEstablished(history, origin);
      load(history, covariates, origin, horizons, count);
      let at = offset;
      for (const section of ORIGIN_SECTIONS) at = section.write(workspace, rows, at);
      for (let i = 1; i < count; i++) {
        const row = offset + i * FEATURE_COUNT;
        for (let k = 0; k < ORIGIN_COLUMNS; k++) rows[row + k] = rows[offset + k] as number;
      }
      for (const section of TARGET_SECTIONS) at = section.write(workspace, rows, at);
      for (let i = 0; i < count; i++) {
        const lag = targets.lag[i] as number;
        anchors.values[i] = window.anchors[lag] as number;
        anchors.weeks[i] = window.weekdays.weeks[lag] as number;
      }
      return isAnchored(window);
    },
    isEstablished,
  };
}

function requireRange(
  covariates: SeriesCovariates,
  origin: DayNumber,
  horizons: ArrayLike<number>,
  count: number,
): void {
  if (count > HORIZON) throw new RangeError(`${count} horizons: there are ${HORIZON} at most`);
  for (let i = 0; i < count; i++) {
    const h = horizons[i] as number;
    if (!(Number.isInteger(h) && h >= 1 && h <= HORIZON)) {
      throw new RangeError(`h = ${h}: forecasts reach from 1 to ${HORIZON} days ahead`);
    }
    if (!(origin >= covariates.fromDay && origin + h <= covariates.toDay)) {
      throw new RangeError(
        `origin ${origin} with h = ${h} lies outside the covariates' days ${covariates.fromDay}..${covariates.toDay}: ` +
          'create them from the earliest origin to the last target day',
      );
    }
  }
}

function requireRoom(rows: Float32Array, offset: number, count: number): void {
  if (offset >= 0 && offset + count * FEATURE_COUNT <= rows.length) return;
  throw new RangeError(
    `out has ${rows.length} values, ${count} rows from offset ${offset} need ${offset + count * FEATURE_COUNT}`,
  );
}
