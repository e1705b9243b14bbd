import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { ReportProgress } from '../report/report-progress.ts';

/** One who forecasts the windows of a backtest, from what was known at their origins. */
export interface Contender {
  /** As in reports; the model that is being judged is `model`. */
  readonly name: string;
  /**
   * Forecasts the `HORIZON` days after `origin` of every series.
   *
   * @returns units at `series * HORIZON + h - 1`
   */
  forecast(origin: DayNumber, onProgress: ReportProgress): Promise<Float64Array>;
}

/** The contender that a backtest is about. */
export const MODEL = 'model';
