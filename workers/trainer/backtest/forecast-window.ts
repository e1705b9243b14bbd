import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { anchors, buildFeatureRows, FEATURE_COUNT, HORIZON } from '../../../shared/features/index.ts';
import { BASELINES, type BaselineName } from '../../../shared/forecast/baselines.ts';
import { volumeLevel } from '../../../shared/forecast/volume-level.ts';
import type { PanelSeries } from '../training-set/panel-series.ts';
import type { Booster, Xgboost } from '../xgboost/xgboost.ts';
import type { WindowResult } from './window-result.ts';

const BASELINE_NAMES = Object.keys(BASELINES) as BaselineName[];

/** Forecasts the 16 days after `origin` of every series with every contender. Days whose sales are not known are left out. */
export function forecastWindow(
  xgboost: Xgboost,
  booster: Booster,
  series: readonly PanelSeries[],
  origin: DayNumber,
  threads: number,
): WindowResult {
  const margins = predictWindow(xgboost, booster, series, origin, threads);
  const points = knownPoints(series, origin);
  const count = points.length;
  const column = () => new Float64Array(count);
  const baselines = Object.fromEntries(BASELINE_NAMES.map((name) => [name, column()])) as Record<
    BaselineName,
    Float64Array
  >;
  const result = {
    origin,
    actual: column(),
    predicted: { model: column(), ...baselines },
    logForecast: column(),
    residual: column(),
    level: column(),
    h: new Uint8Array(count),
    series: new Int32Array(count),
  };
  const anchor = new Float64Array(HORIZON);
  let level = 0;
  let loaded = -1;
  points.forEach(({ s, h, units }, i) => {
    const { history } = series[s] as PanelSeries;
    if (loaded !== s) {
      anchors(history, origin, anchor);
      level = volumeLevel(history, origin);
      loaded = s;
    }
    const z = Math.max(0, (anchor[h - 1] as number) + (margins[s * HORIZON + h - 1] as number));
    result.actual[i] = units;
    result.predicted.model[i] = Math.expm1(z);
    for (const name of BASELINE_NAMES) result.predicted[name][i] = BASELINES[name](history, origin, h);
    result.logForecast[i] = z;
    result.residual[i] = Math.log1p(units) - z;
    result.level[i] = level;
    result.h[i] = h;
    result.series[i] = s;
  });
  return result;
}

function predictWindow(
  xgboost: Xgboost,
  booster: Booster,
  series: readonly PanelSeries[],
  origin: DayNumber,
  threads: number,
): Float32Array {
  const rows = new Float32Array(series.length * HORIZON * FEATURE_COUNT);
  series.forEach(({ history, covariates }, s) => {
    buildFeatureRows(history, covariates, origin, rows, s * HORIZON * FEATURE_COUNT);
  });
  using matrix = xgboost.createMatrix(rows, FEATURE_COUNT, null, threads);
  return booster.predict(matrix);
}

function knownPoints(
  series: readonly PanelSeries[],
  origin: DayNumber,
): { s: number; h: number; units: number }[] {
  return series.flatMap(({ history }, s) => {
    const points = [];
    for (let h = 1; h <= HORIZON; h++) {
      const milliUnits = history.milliUnits[origin + h - history.firstDay] ?? -1;
      if (milliUnits >= 0) points.push({ s, h, units: milliUnits / 1000 });
    }
    return points;
  });
}
