import { addUpDays, type WindowResult } from '../../../workers/trainer/evaluate/window-result.ts';
import { sequence } from '../datasets/sample-history.ts';

/** Sales around a level, a model that errs by `spread` in log space and baselines that err by 0.4 and 0.5. */
export function simulatedWindow(seed: number, origin: number, spread: number, count = 3200): WindowResult {
  const random = sequence(seed);
  const column = (value: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => value(i));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const logActual = column(() => 4 + random());
  const forecast = (error: number) => logActual.map((z) => z + error * normal());
  const logForecast = forecast(spread);
  const days = {
    actual: logActual.map(Math.expm1),
    logForecast,
    residual: logActual.map((z, i) => z - (logForecast[i] as number)),
    level: column(() => 8 * random()),
    h: Uint8Array.from({ length: count }, (_, i) => 1 + (i % 16)),
    series: Int32Array.from({ length: count }, (_, i) => Math.floor(i / 16)),
  };
  const predicted = {
    model: logForecast.map(Math.expm1),
    seasonal_naive: forecast(0.5).map(Math.expm1),
    same_weekday_mean_4: forecast(0.4).map(Math.expm1),
  };
  return {
    ...days,
    origin,
    cumulative: addUpDays({ ...days, mean: predicted.model }),
    summed: { ...days, mean: predicted.model, isClosed: new Uint8Array(count) },
    predicted,
    expected: predicted,
    isWhole: new Uint8Array(count),
    levelDeviations: new Float64Array(count),
    scale: column(() => 20),
  };
}
