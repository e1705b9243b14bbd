/**
 * The only place where random panels and laws touch the trainer: fits the model on the whole history of a dataset and
 * forecasts the days after it by the API's own road.
 *
 * @module
 */
import { createEngine } from 'xgboost-wasm';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { createClosureCalendar } from '../../../shared/features/closure-calendar.ts';
import {
  type Categories,
  type CovariateSource,
  createCovariates,
  HORIZON,
  PLANNED_DAYS,
} from '../../../shared/features/index.ts';
import { forecastSeries } from '../../../shared/forecast/forecast-series.ts';
import type { LoadedForest } from '../../../shared/forecast/inference-engine.ts';
import { promotionEffectOf } from '../../../shared/forecast/promotion-response.ts';
import type { Conformal, PeerLevels, PromotionResponse } from '../../../shared/schemas/manifest.ts';
import { type SeriesKey, seriesKey } from '../../../shared/schemas/series.ts';
import { inferClosures } from '../../../workers/trainer/data/closures/infer-closures.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';
import { backtestDataset } from '../../../workers/trainer/evaluate/backtest-dataset.ts';
import { resolveRecipe } from '../../../workers/trainer/evaluate/early-stopping.ts';
import {
  PARAMETER_DEFAULTS,
  TRAINING_DEFAULTS,
  type TrainingOptions,
} from '../../../workers/trainer/model/parameters.ts';
import { type FitContext, fitRecipe, type Recipe } from '../../../workers/trainer/model/recipe.ts';
import { categoriesByLevel } from '../../../workers/trainer/model/series/categories-by-level.ts';
import { openPanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import type { Xgboost } from '../../../workers/trainer/model/xgboost/xgboost.ts';
import { plannedAfter, readingOf } from '../../../workers/trainer/publish/publish-forecasts.ts';

/** The served forecast of one day, or of the days up to it together, in units. */
export interface ServedDemand {
  readonly median: number;
  readonly mean: number;
  readonly p10: number;
  readonly p90: number;
}

/** The days h = 1..`HORIZON` of one series. */
export interface SeriesForecast {
  readonly days: readonly (ServedDemand & {
    /** Whether the store is taken to be closed on the day. */
    readonly closed?: boolean;
  })[];
  /** Of the days 1..h together; empty where the model has no such intervals. */
  readonly cumulative: readonly ServedDemand[];
}

export interface PanelForecast {
  /** In the order of the panel. */
  readonly series: ReadonlyMap<SeriesKey, SeriesForecast>;
  /** Series-days that the guard would replace; what is forecast here is without it. */
  readonly replaced: number;
}

export interface PanelOptions {
  readonly xgboost: Xgboost;
  /** Backtest windows for the intervals; without any, mean and quantiles are all the median. */
  readonly windows?: number;
  /** Parameters where they differ from the defaults. */
  readonly parameters?: Partial<TrainingOptions>;
}

/** A model fitted on a dataset; it also forecasts histories that differ from that dataset's. */
export interface FittedPanel {
  /** @param history of the same stores and families; ends with the origin */
  forecast(history: Dataset): PanelForecast;
  dispose(): void;
}

/**
 * Fits the model on the whole history of a dataset with the default recipe.
 *
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function fitPanel(dataset: Dataset, options: PanelOptions): Promise<FittedPanel> {
  const { panel } = dataset;
  const lastDay = panel.firstDay + panel.dayCount - 1;
  const { fitContext, recipe, conformal, categories } = await prepare(dataset, lastDay, options);
  const { booster, layout } = await fitRecipe(fitContext, recipe, lastDay, () => undefined);
  using fitted = booster;
  const forest = (await createEngine()).load(fitted.save());
  const { promotionResponse = null, peers = null, smoothingShare = 0 } = layout;
  const model = { forest, conformal, categories, promotionResponse, peers, smoothingShare };
  return {
    forecast: (history) => forecastHistory(history, model),
    dispose: () => forest.dispose(),
  };
}

/** Fits the model on a dataset and forecasts the days after it. */
export async function forecastPanel(dataset: Dataset, options: PanelOptions): Promise<PanelForecast> {
  const fitted = await fitPanel(dataset, options);
  try {
    return fitted.forecast(dataset);
  } finally {
    fitted.dispose();
  }
}

interface Preparation {
  readonly fitContext: FitContext;
  readonly recipe: Recipe;
  readonly conformal: Conformal;
  readonly categories: Categories;
}

async function prepare(dataset: Dataset, lastDay: number, options: PanelOptions): Promise<Preparation> {
  const { xgboost, windows = 0, parameters } = options;
  const training = { ...TRAINING_DEFAULTS, ...PARAMETER_DEFAULTS, ...parameters, windows };
  const onProgress = () => undefined;
  if (windows > 0) {
    const run = await backtestDataset({ dataset, options: training, xgboost, onProgress });
    return { ...run, conformal: run.summary.conformal };
  }
  const categories = categoriesByLevel(dataset, lastDay);
  const fitContext = { xgboost, series: openPanelSeries(dataset, categories), threads: training.threads };
  const { recipe } = await resolveRecipe(fitContext, training, lastDay, onProgress);
  return { fitContext, recipe, categories, conformal: withoutIntervals() };
}

function withoutIntervals(): Conformal {
  const row = (value: number) => [new Array<number>(HORIZON).fill(value)];
  return { p10: row(0), p50: row(0), p90: row(0), class_bounds: [] };
}

interface ServedModel {
  readonly forest: LoadedForest;
  readonly conformal: Conformal;
  readonly categories: Categories;
  readonly promotionResponse: PromotionResponse | null;
  readonly peers: PeerLevels | null;
  readonly smoothingShare: number;
}

function forecastHistory(history: Dataset, model: ServedModel): PanelForecast {
  const { panel } = history;
  const origin = panel.firstDay + panel.dayCount - 1;
  const covariates = createCovariates(covariateSource(history), origin, origin + HORIZON, model.categories);
  const storeIndex = new Map(history.stores.map(({ store_nbr }, index) => [store_nbr, index]));
  const closures = createClosureCalendar(inferClosures(history, origin, PLANNED_DAYS));
  const series = new Map<SeriesKey, SeriesForecast>();
  let replaced = 0;
  panel.series.forEach(({ storeNbr, family }, index) => {
    const reading = readingOf(history, index, storeIndex.get(storeNbr) ?? -1);
    const sales = { firstDay: toDayNumber(reading.firstDate), milliUnits: reading.milliUnits };
    const request = {
      reading,
      planned: plannedAfter(history, index),
      series: { storeNbr, family },
      closed: closures.closedFrom(storeNbr, origin, PLANNED_DAYS, sales),
      origin,
      covariates: covariates.of({ storeNbr, family }),
      model: { ...model, promotionEffect: promotionEffectOf(model.promotionResponse, family) },
    };
    const points = forecastSeries({ ...request, guard: false });
    replaced += forecastSeries(request).filter(
      ({ source, closed }) => source === 'history' && closed === undefined,
    ).length;
    const served = ({ p50, ...rest }: Pick<ServedDemand, 'mean' | 'p10' | 'p90'> & { p50: number }) => ({
      median: p50,
      mean: rest.mean,
      p10: rest.p10,
      p90: rest.p90,
    });
    series.set(seriesKey(storeNbr, family), {
      days: points.map((point) => ({ ...served(point), closed: point.closed !== undefined })),
      cumulative: points.flatMap(({ cumulative }) => (cumulative ? [served(cumulative)] : [])),
    });
  });
  return { series, replaced };
}

function covariateSource({ stores, holidays, oil, shiftDays }: Dataset): CovariateSource {
  return {
    shift_days: shiftDays,
    stores: [...stores],
    holidays: [...holidays],
    oil: [...oil],
  };
}
