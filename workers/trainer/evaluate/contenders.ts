import { at } from '../../../shared/at.ts';
import { type DayNumber, YEAR_OF_WEEKS } from '../../../shared/calendar/day-number.ts';
import { HORIZON, HORIZONS } from '../../../shared/features/index.ts';
import type { ReportProgress } from '../data/progress.ts';
import { type FitContext, fitRecipe, predictorOf, type Recipe } from '../model/recipe.ts';
import { type PanelSeries, seriesAsOf } from '../model/series/panel-series.ts';
import {
  basesFrom,
  createTargetBases,
  logForecastOf,
  MODEL_ROWS,
  type RowLayout,
} from '../model/training-set/row-layout.ts';
import { BASELINES, type Baseline, sameWeekdayMean4 } from './baselines.ts';

/** Forecasts of every series of a panel, in units, at `series * HORIZON + h - 1`. */
export interface PanelForecast {
  /** The median of a day: the point that RMSLE scores. */
  readonly median: Float64Array;
  /** The mean of a day: the point that bias and the sums of days score. */
  readonly mean: Float64Array;
  /** Medians by the trees alone, where smoothing is blended in; absent where nothing is. */
  readonly trees?: Float64Array;
  /** By series, the standard deviation of its level, in log space; 0 by default. */
  readonly levelDeviations?: Float64Array;
  /** The points that were replaced because they were implausible; none by default. */
  readonly implausible?: readonly ImplausiblePoint[];
}

/** An implausible forecast and its replacement. */
export interface ImplausiblePoint {
  /** `series * HORIZON + h - 1` */
  readonly point: number;
  readonly units: number;
  readonly usual: number;
}

/** A forecaster scored in a backtest, with the data known at the origin of each window. */
export interface Contender {
  /** As in reports; the model under test is `model`. */
  readonly name: string;
  /** Forecasts the `HORIZON` days after `origin` of every series. */
  forecast(origin: DayNumber, onProgress: ReportProgress): Promise<PanelForecast>;
}

/** Of a forecaster with one point only. */
export function onePoint(units: Float64Array): PanelForecast {
  return { median: units, mean: units };
}

/** The day 364 days before the target; where it is not known, the mean of the last four same weekdays. */
export const naive364: Baseline = (history, origin, h) => {
  const milliUnits = history.milliUnits[origin + h - YEAR_OF_WEEKS - history.firstDay] ?? -1;
  return milliUnits >= 0 ? milliUnits / 1000 : sameWeekdayMean4(history, origin, h);
};

/** The baselines of every backtest. */
export function baselineContenders(series: readonly PanelSeries[]): Contender[] {
  return Object.entries({ ...BASELINES, naive_364: naive364 }).map(([name, baseline]) => ({
    name,
    forecast: async (origin) => onePoint(forecastAll(series, origin, baseline)),
  }));
}

function forecastAll(series: readonly PanelSeries[], origin: DayNumber, baseline: Baseline): Float64Array {
  const units = new Float64Array(series.length * HORIZON);
  series.forEach(({ history }, s) => {
    for (let h = 1; h <= HORIZON; h++) units[s * HORIZON + h - 1] = baseline(history, origin, h);
  });
  return units;
}

/** A recipe as a contender, refitted on the days before each window, as in the nightly run. */
export function fittedContender(
  name: string,
  fitContext: FitContext,
  recipe: Recipe,
  layout: RowLayout = MODEL_ROWS,
): Contender {
  const { series } = fitContext;
  return {
    name,
    async forecast(origin, onProgress) {
      const fitted = await fitRecipe(fitContext, recipe, origin, onProgress, layout);
      using model = fitted.booster;
      const { layout: learned } = fitted;
      return forecastPanel(series, origin, learned, predictorOf(fitContext, model, learned.columns));
    },
  };
}

/**
 * Forecasts the `HORIZON` days after `origin` of every series: new ones by their peers, all others by the model, and
 * 0 on days on which the store is expected to be closed.
 *
 * @param predict margins, one per row
 */
export function forecastPanel(
  series: readonly PanelSeries[],
  origin: DayNumber,
  layout: RowLayout,
  predict: (rows: Float32Array) => Float32Array,
): PanelForecast {
  const { columns } = layout;
  const rows = new Float32Array(series.length * HORIZON * columns);
  const bases = createTargetBases(series.length * HORIZON);
  const seen = series.map((member) => seriesAsOf(member, origin));
  seen.forEach((member, s) => {
    const first = s * HORIZON;
    layout.write(member, origin, HORIZONS, HORIZON, rows, first * columns, basesFrom(bases, first));
  });
  const margins = predict(rows);
  const logForecasts = Float64Array.from(margins, (margin, row) => logForecastOf(bases, row, margin));
  const mean = new Float64Array(logForecasts.length);
  const implausible: ImplausiblePoint[] = [];
  const levelDeviations = new Float64Array(series.length);
  const trees = logForecasts.map(Math.expm1);
  seen.forEach((member, s) => {
    const own = logForecasts.subarray(s * HORIZON, (s + 1) * HORIZON);
    const complete = layout.complete?.(member, origin, own);
    if (complete) own.set(complete.logForecasts);
    levelDeviations[s] = complete?.levelDeviation ?? 0;
    mean.set(complete?.means ?? own.map(Math.expm1), s * HORIZON);
    const ahead = origin + 1 - member.history.firstDay;
    own.forEach((_, i) => {
      const point = s * HORIZON + i;
      if (complete?.sources[i] === 'peers') trees[point] = Math.expm1(at(own, i));
      if (member.history.closed?.[ahead + i] === 1) {
        own[i] = 0;
        mean[point] = 0;
        trees[point] = 0;
      } else if (complete?.sources[i] === 'history') {
        const units = Math.expm1(at(complete.unguarded, i));
        implausible.push({ point, units, usual: Math.expm1(at(own, i)) });
      }
    });
  });
  const { smoothingShare = 0 } = layout;
  const isBlend = smoothingShare > 0 && smoothingShare < 1;
  const median = logForecasts.map(Math.expm1);
  return { median, mean, levelDeviations, implausible, ...(isBlend && { trees }) };
}
