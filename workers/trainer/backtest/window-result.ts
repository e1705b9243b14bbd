import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { Residuals } from '../../../shared/forecast/intervals.ts';

/** Every point of one window whose sales are known, in columns. */
export interface WindowResult extends Residuals {
  readonly origin: DayNumber;
  /** Units sold. */
  readonly actual: Float64Array;
  /** Units forecast, by contender; the model is among them. */
  readonly predicted: Readonly<Record<string, Float64Array>>;
  /** The model's forecast of log1p(units). */
  readonly logForecast: Float64Array;
  /** Index of the point's series in the panel. */
  readonly series: Int32Array;
  /** Mean absolute error of repeating last week on the days up to the origin: the measure of MASE. NaN where unknown. */
  readonly scale: Float64Array;
}

/** The residuals of several windows, one after the other. */
export function joinResiduals(windows: readonly Residuals[]): Residuals {
  const count = windows.reduce((sum, { residual }) => sum + residual.length, 0);
  const joined = {
    residual: new Float64Array(count),
    level: new Float64Array(count),
    h: new Uint8Array(count),
  };
  let at = 0;
  for (const { residual, level, h } of windows) {
    joined.residual.set(residual, at);
    joined.level.set(level, at);
    joined.h.set(h, at);
    at += residual.length;
  }
  return joined;
}
