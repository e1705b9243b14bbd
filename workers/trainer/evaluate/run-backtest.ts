import { at } from '../../../shared/at.ts';
import { DAYS_PER_WEEK, type DayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON, type SeriesHistory } from '../../../shared/features/index.ts';
import { sellsWholeUnits } from '../../../shared/forecast/demand-intervals.ts';
import { volumeLevel } from '../../../shared/forecast/volume-class.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { ReportProgress } from '../data/progress.ts';
import type { PanelSeries } from '../model/series/panel-series.ts';
import type { Contender, PanelForecast } from './contenders.ts';
import { actualUnits, isClosedAt, knownPoints, seriesOf, summedPoints } from './known-points.ts';
import { addUpDays, type ForecastPoints, type SummedDays, type WindowResult } from './window-result.ts';

/**
 * Mean absolute error, in units, of repeating the same weekday of last week on the days up to `origin`, by which MASE
 * divides (Hyndman & Koehler 2006, m = 7). NaN where that error is zero or unknown: such a series has no MASE.
 */
export function seasonalScale({ firstDay, milliUnits }: SeriesHistory, origin: DayNumber): number {
  let sum = 0;
  let known = 0;
  const last = Math.min(origin - firstDay, milliUnits.length - 1);
  for (let at = DAYS_PER_WEEK; at <= last; at++) {
    const value = milliUnits[at] as number;
    const before = milliUnits[at - DAYS_PER_WEEK] as number;
    if (value < 0 || before < 0) continue;
    sum += Math.abs(value - before);
    known++;
  }
  return sum > 0 ? sum / known / 1000 : Number.NaN;
}

/**
 * Lets every contender forecast every window. Days with unknown sales or a closed store are left out for all of them
 * alike, and so are series without a known day before the window, which cannot be forecast. A window without any
 * remaining day is left out.
 *
 * @param contenders one of them named `model`
 */
export async function runBacktest(
  series: readonly PanelSeries[],
  origins: readonly DayNumber[],
  contenders: readonly Contender[],
  onProgress: ReportProgress,
): Promise<WindowResult[]> {
  const results: WindowResult[] = [];
  for (const [i, origin] of origins.entries()) {
    const forecasts = new Map<string, PanelForecast>();
    for (const { name, forecast } of contenders) {
      const forecasted = await forecast(origin, (part, done, total) =>
        onProgress(`window ${i + 1} of ${origins.length}: ${name}, ${part}`, done, total),
      );
      forecasts.set(name, forecasted);
    }
    const result = windowResult(series, origin, forecasts);
    if (result.actual.length > 0) results.push(result);
  }
  return results;
}

function windowResult(
  series: readonly PanelSeries[],
  origin: DayNumber,
  forecasts: ReadonlyMap<string, PanelForecast>,
): WindowResult {
  const points = knownPoints(series, origin);
  const column = (of: (point: number, i: number) => number) => Float64Array.from(points, of);
  const bySeries = (of: (history: PanelSeries['history']) => number) => {
    const values = series.map(({ history }) => of(history));
    return column((point) => at(values, seriesOf(point)));
  };
  const columnsOf = (of: (forecast: PanelForecast) => Float64Array) =>
    Object.fromEntries(
      [...forecasts].map(([name, forecast]) => [name, column((point) => at(of(forecast), point))]),
    );
  const predicted = columnsOf(({ median }) => median);
  const expected = columnsOf(({ mean }) => mean);
  const model = forecasts.get(MODEL);
  if (!model) {
    throw new RangeError(`a backtest needs a contender named "${MODEL}" with a forecast for every window`);
  }
  const { trees } = model;
  const actual = actualUnits(series, origin, points);
  const logForecast = column((point) => Math.log1p(at(model.median, point)));
  const days = {
    actual,
    logForecast,
    residual: actual.map((units, i) => Math.log1p(units) - at(logForecast, i)),
    level: bySeries((history) => volumeLevel(history, origin)),
    h: Uint8Array.from(points, (point) => 1 + (point % HORIZON)),
    series: Int32Array.from(points, seriesOf),
  };
  return {
    ...days,
    origin,
    predicted,
    expected,
    ...(trees && { trees: column((point) => at(trees, point)) }),
    levelDeviations: model.levelDeviations ?? new Float64Array(series.length),
    isWhole: Uint8Array.from(bySeries((history) => Number(sellsWholeUnits(history, origin)))),
    scale: bySeries((history) => seasonalScale(history, origin)),
    ...addUpWindow(series, origin, model),
  };
}

/** The sums of days: a closed day adds nothing to sales or forecast. */
function addUpWindow(
  series: readonly PanelSeries[],
  origin: DayNumber,
  model: PanelForecast,
): { readonly cumulative: ForecastPoints; readonly summed: SummedDays } {
  const points = summedPoints(series, origin);
  const isClosed = points.map((point) => isClosedAt(series, origin, point));
  const column = (of: (point: number, i: number) => number) => Float64Array.from(points, of);
  const levels = series.map(({ history }) => volumeLevel(history, origin));
  const actual = actualUnits(series, origin, points).map((units, i) => (isClosed[i] ? 0 : units));
  const summed = {
    logForecast: column((point, i) => (isClosed[i] ? 0 : Math.log1p(at(model.median, point)))),
    mean: column((point, i) => (isClosed[i] ? 0 : at(model.mean, point))),
    isClosed: Uint8Array.from(isClosed, Number),
    h: Uint8Array.from(points, (point) => 1 + (point % HORIZON)),
    series: Int32Array.from(points, seriesOf),
  };
  const level = column((point) => at(levels, seriesOf(point)));
  return { summed, cumulative: addUpDays({ ...summed, actual, level }) };
}
