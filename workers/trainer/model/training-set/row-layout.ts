import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import {
  type AnchorColumns,
  anchorsFrom,
  blankTargetPromotion,
  createAnchorColumns,
  createFeatureBuilder,
  FEATURE_COUNT,
} from '../../../../shared/features/index.ts';
import { type CompleteForecast, completeForecast } from '../../../../shared/forecast/complete-forecast.ts';
import {
  logForecast,
  type PromotionEffect,
  promotionEffectOf,
  promotionLift,
  targetMargin,
} from '../../../../shared/forecast/promotion-response.ts';
import type { PeerLevels, PromotionResponse } from '../../../../shared/schemas/manifest.ts';
import { fitPromotionResponse } from '../promotion-response/fit-promotion-response.ts';
import { inCategoryOrder, type PanelSeries } from '../series/panel-series.ts';
import { fitPeerLevels } from './fit-peer-levels.ts';
import { unrepeatedColumns } from './unrepeated-columns.ts';

/** The base of the rows' targets, one value of each for every row. */
export interface TargetBases {
  readonly anchors: AnchorColumns;
  /** The logarithm of the factor of the target day's plan on its units. */
  readonly lifts: Float64Array;
}

export function createTargetBases(rows: number): TargetBases {
  return { anchors: createAnchorColumns(rows), lifts: new Float64Array(rows) };
}

/** Those of the rows from `first` on, in the same memory. */
export function basesFrom({ anchors, lifts }: TargetBases, first: number): TargetBases {
  return { anchors: anchorsFrom(anchors, first), lifts: lifts.subarray(first) };
}

/** The label of a row, by the units of its day. */
export function labelOf({ anchors, lifts }: TargetBases, row: number, units: number): number {
  return targetMargin(anchors.values[row] as number, units, lifts[row] as number);
}

/** The forecast of log1p(units) for a margin. */
export function logForecastOf({ anchors, lifts }: TargetBases, row: number, margin: number): number {
  return logForecast(anchors.values[row] as number, margin, lifts[row] as number);
}

/** The units for a margin. */
export function unitsOf(bases: TargetBases, row: number, margin: number): number {
  return Math.expm1(logForecastOf(bases, row, margin));
}

/** The columns of a row, and the base of its target. */
export interface RowLayout {
  readonly columns: number;
  /**
   * Columns that identify a date, rather than what it has in common with others, in rows of targets after
   * `firstOrigin`.
   */
  readonly unrepeated?: typeof unrepeatedColumns;
  /**
   * Writes the rows of the first `count` of `horizons` one after the other from `offset` on, and the base of each
   * row's target. Reads units and tickets up to the origin only.
   */
  write(
    series: PanelSeries,
    origin: DayNumber,
    horizons: Uint8Array,
    count: number,
    out: Float32Array,
    offset: number,
    bases: TargetBases,
  ): void;
  /** The promotion response, for a layout that has learned it. */
  readonly promotionResponse?: PromotionResponse | null;
  /** The levels by which new series are forecast, for a layout that has learned them. */
  readonly peers?: PeerLevels | null;
  /** Share of exponential smoothing in the completed forecasts; 0 by default. */
  readonly smoothingShare?: number;
  /** Turns a series' log forecasts into served points; without it they are served as they are. */
  complete?(series: PanelSeries, origin: DayNumber, logForecasts: Float64Array): CompleteForecast;
  /**
   * The same layout with what it learns from the days up to `lastDay`, for one that learns something before rows are
   * built.
   */
  learn?(series: readonly PanelSeries[], lastDay: DayNumber): RowLayout;
}

/** What is learned before rows are built. */
export interface LearnedFirst {
  readonly promotionResponse: PromotionResponse | null;
  readonly peers: PeerLevels | null;
  readonly smoothingShare: number;
}

/** Share of smoothing where there are few days and few series, and where it is half of that. */
const MOST_SMOOTHING = 0.8;
const DAYS_OF_HALF = 280;
const SERIES_OF_HALF = 1000;
/** Below it, nothing is blended in. */
const LEAST_SMOOTHING = 0.01;

/**
 * Share of exponential smoothing in a model's forecasts, by the days and the series that its trees learn from: in a
 * first year they have seen no season twice, and take for the season what is noise, or another series' trend; many
 * series average the noise out. See design/13-smoothing.md.
 */
export function smoothingShareOf(series: readonly PanelSeries[], lastDay: DayNumber): number {
  let firstSale = Number.POSITIVE_INFINITY;
  for (const { history } of series) {
    const known = history.milliUnits.findIndex((milliUnits) => milliUnits > 0);
    if (known >= 0) firstSale = Math.min(firstSale, history.firstDay + known);
  }
  const days = Math.max(0, lastDay - firstSale + 1);
  const ofDays = 1 / (1 + (days / DAYS_OF_HALF) ** 6);
  const ofSeries = 1 / (1 + (series.length / SERIES_OF_HALF) ** 2);
  const share = MOST_SMOOTHING * ofDays * ofSeries;
  return share < LEAST_SMOOTHING ? 0 : share;
}

const latest = new WeakMap<readonly PanelSeries[], LearnedFirst & { readonly lastDay: DayNumber }>();

/**
 * Learns it from the days up to `lastDay`. A window's contenders ask for the same day: the last answer is remembered,
 * by the array, which must not change.
 */
export function learnFirst(series: readonly PanelSeries[], lastDay: DayNumber): LearnedFirst {
  const known = latest.get(series);
  if (known?.lastDay === lastDay) return known;
  const ordered = inCategoryOrder(series);
  const promotionResponse = fitPromotionResponse(ordered, lastDay);
  const learned = {
    promotionResponse,
    peers: fitPeerLevels(ordered, lastDay, promotionResponse),
    smoothingShare: smoothingShareOf(ordered, lastDay),
    lastDay,
  };
  latest.set(series, learned);
  return learned;
}

/** Of an untrained layout. */
export const NOTHING_LEARNED: LearnedFirst = { promotionResponse: null, peers: null, smoothingShare: 0 };

/**
 * The rows of a model: the features that the API builds, the target measured from the anchor. Where a family has a
 * promotion response, the plan of the target day multiplies its units, and the trees learn the rest without the
 * columns of that plan.
 *
 * @param targetPromotion whether those columns are blank, as in service, or kept, to measure their contribution
 */
export function modelRows(
  { promotionResponse, peers, smoothingShare }: LearnedFirst,
  targetPromotion: 'blank' | 'kept' = 'blank',
): RowLayout {
  const builder = createFeatureBuilder();
  const effects = new Map<string, PromotionEffect | null>();
  const effectOf = (family: string) => {
    const known = effects.get(family);
    if (known !== undefined) return known;
    const effect = promotionEffectOf(promotionResponse, family);
    effects.set(family, effect && tabulated(effect));
    return effects.get(family) ?? null;
  };
  return {
    columns: FEATURE_COUNT,
    unrepeated: unrepeatedColumns,
    promotionResponse,
    peers,
    smoothingShare,
    complete(member, origin, logForecasts) {
      const { history, covariates, family } = member;
      const effect = effectOf(family);
      const basis = { series: member, history, origin, covariates, effect, peers, smoothingShare };
      return completeForecast(basis, builder.isEstablished(history, origin) ? logForecasts : null);
    },
    write({ family, history, covariates }, origin, horizons, count, out, offset, { anchors, lifts }) {
      builder.build(history, covariates, origin, horizons, { rows: out, offset, anchors }, count);
      const effect = effectOf(family);
      if (effect && targetPromotion === 'blank') blankTargetPromotion(out, offset, count);
      for (let i = 0; i < count; i++) {
        const h = horizons[i] as number;
        lifts[i] = effect ? promotionLift(effect, history, origin, h, anchors.weeks[i] as number) : 0;
      }
    },
  };
}

/** The same effect, looked up where items are few enough. */
function tabulated(effect: PromotionEffect): PromotionEffect {
  const table = Float64Array.from({ length: 512 }, (_, items) => effect(items));
  return (items) => table[items] ?? effect(items);
}

/** A layout with what it learns from the days up to `lastDay`; the layout itself where it learns nothing. */
export function learnedRows(
  layout: RowLayout,
  series: readonly PanelSeries[],
  lastDay: DayNumber,
): RowLayout {
  return layout.learn?.(series, lastDay) ?? layout;
}

/** The rows of the model in service, which learns the promotion response first. */
export const MODEL_ROWS: RowLayout = {
  ...modelRows(NOTHING_LEARNED),
  learn: (series, lastDay) => modelRows(learnFirst(series, lastDay)),
};

/** The rows of a model without trees, whose forecasts are exponential smoothing alone. */
export const SMOOTHING_ROWS: RowLayout = {
  ...modelRows(NOTHING_LEARNED),
  learn: (series, lastDay) => modelRows({ ...learnFirst(series, lastDay), smoothingShare: 1 }),
};
