import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { FEATURE_COUNT, HORIZON, MIN_KNOWN_DAYS } from '../../../../shared/features/index.ts';
import { WINDOW_DAYS } from '../../../../shared/features/origin-window.ts';
import { type PanelSeries, seriesAsOf } from '../series/panel-series.ts';
import { availabilityOf, countsBefore } from '../series/stock-outs.ts';
import { createTargetBases, labelOf, MODEL_ROWS, type RowLayout } from './row-layout.ts';

/** Selects the rows on which a model is fitted. */
export interface RowSelection {
  /** Last day whose sales may be used, as label or feature. */
  readonly lastDay: DayNumber;
  /** Days between origins, counted back from `lastDay - 1`. */
  readonly originStride: number;
  /** Days that origins reach back from `lastDay`. */
  readonly trainingDays: number;
  /** Approximate number of rows to which they are sampled down. */
  readonly maxRows: number;
  readonly seed: number;
}

export interface TrainingRows {
  /** Row-major. */
  readonly features: Float32Array;
  readonly columns: number;
  /** The labels: the margins at which forecasts equal sales. */
  readonly labels: Float32Array;
  readonly count: number;
  readonly firstOrigin: DayNumber;
}

/** Days of history before the first origin. */
const BURN_IN_DAYS = 28;

/** Thrown when a dataset has no training rows. */
export class NoTrainingRowsError extends UserError {
  override name = 'NoTrainingRowsError';
}

/**
 * Builds the rows of (series, origin, h) with h up to 16 and the target no later than `lastDay`. Days without a known
 * value, closures, and stock-outs and launches to come are left out: on closures the calendar forecasts 0, not the
 * model. A sample is drawn by hashing each row's identity, so that the same seed yields the same rows, and neither an
 * added series nor moved dates change the sample of the others.
 *
 * Columns for which the history is too short are unknown in all rows, so that no tree uses them.
 *
 * @throws {NoTrainingRowsError}
 */
export function buildTrainingRows(
  series: readonly PanelSeries[],
  selection: RowSelection,
  onProgress?: (fraction: number) => void,
  layout: RowLayout = MODEL_ROWS,
): TrainingRows {
  const { columns } = layout;
  const { firstOrigin, origins } = originsOf(series, selection);
  const candidates = countRows(series, origins, selection.lastDay, 1, selection.seed);
  const share = Math.min(1, selection.maxRows / Math.max(1, candidates));
  const count =
    share === 1 ? candidates : countRows(series, origins, selection.lastDay, share, selection.seed);
  if (count === 0) {
    throw new NoTrainingRowsError(
      `no training rows: the history must reach back at least ${BURN_IN_DAYS + 1} days and hold known sales`,
    );
  }
  const features = new Float32Array(count * columns);
  const labels = new Float32Array(count);
  const bases = createTargetBases(HORIZON);
  const unknown = layout.unrepeated?.(series, firstOrigin, selection.lastDay) ?? [];
  let row = 0;
  forEachGroup(
    series.map((member) => seriesAsOf(member, selection.lastDay)),
    origins,
    selection.lastDay,
    share,
    selection.seed,
    (member, origin, horizons, picked, s) => {
      const { history } = member;
      layout.write(member, origin, horizons, picked, features, row * columns, bases);
      for (let i = 0; i < picked; i++) {
        const target = origin + (horizons[i] as number) - history.firstDay;
        const units = (history.milliUnits[target] as number) / 1000;
        for (const column of unknown) features[row * columns + column] = Number.NaN;
        labels[row++] = labelOf(bases, i, units);
      }
      if (s % 16 === 0) onProgress?.(s / series.length);
    },
  );
  return { features, columns, labels, count, firstOrigin: origins.at(-1) ?? firstOrigin };
}

/** The row of a model without trees: nothing is known, and the margin is 0. */
export function constantRow(series: readonly PanelSeries[]): TrainingRows {
  const features = new Float32Array(FEATURE_COUNT).fill(Number.NaN);
  const firstOrigin = series[0]?.history.firstDay ?? 0;
  return { features, columns: FEATURE_COUNT, labels: new Float32Array(1), count: 1, firstOrigin };
}

/** Rows of a selection, before they are sampled down. */
export function countTrainingRows(series: readonly PanelSeries[], selection: RowSelection): number {
  return countRows(series, originsOf(series, selection).origins, selection.lastDay, 1, selection.seed);
}

/** Newest first; none is earlier than `firstOrigin`. */
function originsOf(
  series: readonly PanelSeries[],
  { lastDay, originStride, trainingDays }: RowSelection,
): { readonly firstOrigin: DayNumber; readonly origins: readonly DayNumber[] } {
  const firstDay = series[0]?.history.firstDay ?? lastDay;
  const firstOrigin = Math.max(firstDay + BURN_IN_DAYS - 1, lastDay - trainingDays);
  const origins: DayNumber[] = [];
  for (let origin = lastDay - 1; origin >= firstOrigin; origin -= originStride) origins.push(origin);
  return { firstOrigin, origins };
}

function countRows(
  series: readonly PanelSeries[],
  origins: readonly DayNumber[],
  lastDay: DayNumber,
  share: number,
  seed: number,
): number {
  let count = 0;
  forEachGroup(series, origins, lastDay, share, seed, (_series, _origin, _horizons, picked) => {
    count += picked;
  });
  return count;
}

/** Calls `visit` with the picked horizons of each series and origin, where there are any. */
function forEachGroup(
  series: readonly PanelSeries[],
  origins: readonly DayNumber[],
  lastDay: DayNumber,
  share: number,
  seed: number,
  visit: (
    series: PanelSeries,
    origin: DayNumber,
    horizons: Uint8Array,
    picked: number,
    index: number,
  ) => void,
): void {
  const horizons = new Uint8Array(HORIZON);
  const threshold = share * 2 ** 32;
  series.forEach((member, s) => {
    const { history, closedDays } = member;
    const known = countsBefore(history.milliUnits, (value) => value >= 0);
    const past = history.milliUnits.subarray(0, lastDay + 1 - history.firstDay);
    const { stockOut, launch } = availabilityOf(history, closedDays, lastDay);
    const identity = seriesHash(past);
    for (const origin of origins) {
      // A row of a series without a level of its own would teach the trees to add one.
      const end = origin + 1 - history.firstDay;
      const knownDays = (known[end] as number) - (known[Math.max(0, end - WINDOW_DAYS)] as number);
      if (knownDays < MIN_KNOWN_DAYS) continue;
      let picked = 0;
      for (let h = 1; h <= HORIZON && origin + h <= lastDay; h++) {
        const target = origin + h - history.firstDay;
        if ((history.milliUnits[target] as number) < 0) continue;
        // Neither a stock-out nor a launch can be foreseen; how a stock-out that has begun goes on can be learned.
        if (closedDays[target] === 1 || (stockOut[target] === 1 && stockOut[end - 1] !== 1)) continue;
        if (end <= launch && target >= launch) continue;
        if (share === 1 || rowHash(seed, identity, lastDay - origin, h) < threshold) horizons[picked++] = h;
      }
      if (picked > 0) visit(member, origin, horizons, picked, s);
    }
  });
}

/** Known days by which a series is told from others. */
const IDENTITY_DAYS = 140;

/**
 * A 32-bit hash (FNV-1a) of the ups and downs of a series' first known days since its first sale. It depends neither on
 * names, dates and units of measurement nor on other series, and stays the same as days come in; two series that sell
 * alike share it.
 */
export function seriesHash(milliUnits: Int32Array): number {
  let hash = 0x811c9dc5;
  let before = 0;
  let days = 0;
  for (let day = 0; day < milliUnits.length && days < IDENTITY_DAYS; day++) {
    const value = milliUnits[day] as number;
    if (value < 0 || (days === 0 && value === 0)) continue;
    hash = Math.imul(hash ^ (1 + Math.sign(value - before)), 0x01000193);
    before = value;
    days++;
  }
  return hash | 0;
}

/**
 * A well mixed 32-bit hash of a row's identity: rows are picked by comparing it with a threshold.
 *
 * @param series `seriesHash`
 * @param age days from the origin to the last day that may be used
 */
export function rowHash(seed: number, series: number, age: number, h: number): number {
  let hash = mix(seed ^ 0x9e3779b9);
  hash = mix(hash ^ series);
  hash = mix(hash ^ age);
  return mix(hash ^ h) >>> 0;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
