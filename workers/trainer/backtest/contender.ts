import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { ReportProgress } from '../report/report-progress.ts';

/** Forecasts of every series of a panel, in units, at `series * HORIZON + h - 1`. */
export interface PanelForecast {
  /** What a day usually sells: the point that RMSLE scores. */
  readonly median: Float64Array;
  /** What it sells on average: the point that bias and the sums of days score. */
  readonly mean: Float64Array;
  /** By series, the standard deviation of what is not known of its level, in log space; 0 where it is left out. */
  readonly doubts?: Float64Array;
  /** The points that were replaced because they were absurd; none where it is left out. */
  readonly absurd?: readonly AbsurdPoint[];
}

/** A forecast that no sale of its series bears out, and what took its place. */
export interface AbsurdPoint {
  /** `series * HORIZON + h - 1` */
  readonly point: number;
  readonly units: number;
  readonly usual: number;
}

/** A forecaster that is scored in a backtest, on what was known at the origin of each window. */
export interface Contender {
  /** As in reports; the model that is being judged is `model`. */
  readonly name: string;
  /** Forecasts the `HORIZON` days after `origin` of every series. */
  forecast(origin: DayNumber, onProgress: ReportProgress): Promise<PanelForecast>;
}

/** The contender that a backtest is about. */
export const MODEL = 'model';

/** Of a forecaster that knows of one point only. */
export function onePoint(units: Float64Array): PanelForecast {
  return { median: units, mean: units };
}
