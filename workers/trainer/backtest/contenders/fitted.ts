import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { fitRecipe, predictorOf, type Recipe, type Workshop } from '../../recipe.ts';
import { type PanelSeries, seriesAsOf } from '../../training-set/panel-series.ts';
import { MODEL_ROWS, type RowLayout } from '../../training-set/row-layout.ts';
import { basesFrom, createTargetBases, logForecastOf } from '../../training-set/target-bases.ts';
import type { AbsurdPoint, Contender, PanelForecast } from '../contender.ts';

/** A recipe as a contender: fitted anew on the days before each window, as the nightly run does. */
export function fittedContender(
  name: string,
  workshop: Workshop,
  recipe: Recipe,
  layout: RowLayout = MODEL_ROWS,
): Contender {
  const { series } = workshop;
  return {
    name,
    async forecast(origin, onProgress) {
      const fitted = await fitRecipe(workshop, recipe, origin, onProgress, layout);
      using model = fitted.booster;
      const { layout: learned } = fitted;
      return forecastPanel(series, origin, learned, predictorOf(workshop, model, learned.columns));
    },
  };
}

/**
 * Forecasts the `HORIZON` days after `origin` of every series: new ones by their like, all others by the model, and 0 on days on
 * which its store is foreseen to be closed.
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
  const horizons = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1);
  const rows = new Float32Array(series.length * HORIZON * columns);
  const bases = createTargetBases(series.length * HORIZON);
  const seen = series.map((member) => seriesAsOf(member, origin));
  seen.forEach((member, s) => {
    const first = s * HORIZON;
    layout.write(member, origin, horizons, HORIZON, rows, first * columns, basesFrom(bases, first));
  });
  const margins = predict(rows);
  const logForecasts = Float64Array.from(margins, (margin, row) => logForecastOf(bases, row, margin));
  const mean = new Float64Array(logForecasts.length);
  const absurd: AbsurdPoint[] = [];
  const doubts = new Float64Array(series.length);
  seen.forEach((member, s) => {
    const own = logForecasts.subarray(s * HORIZON, (s + 1) * HORIZON);
    const said = own.slice();
    const complete = layout.complete?.(member, origin, own);
    if (complete) own.set(complete.logForecasts);
    doubts[s] = complete?.doubt ?? 0;
    mean.set(complete?.means ?? own.map(Math.expm1), s * HORIZON);
    const ahead = origin + 1 - member.history.firstDay;
    own.forEach((_, i) => {
      const point = s * HORIZON + i;
      if (member.history.closed?.[ahead + i] === 1) {
        own[i] = 0;
        mean[point] = 0;
      } else if (complete?.sources[i] === 'history') {
        absurd.push({ point, units: Math.expm1(said[i] as number), usual: Math.expm1(own[i] as number) });
      }
    });
  });
  return { median: logForecasts.map(Math.expm1), mean, doubts, absurd };
}
