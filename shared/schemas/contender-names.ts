/** The forecast that a backtest is about, by its name in manifests and reports. */
export const MODEL = 'model';

/** Baselines by name: last week again, and the mean of the last four same weekdays. */
export const SEASONAL_NAIVE = 'seasonal_naive';
export const SAME_WEEKDAY_MEAN_4 = 'same_weekday_mean_4';

/** The classical forecasters: see shared/forecast/classical. */
export const CLASSICAL_NAMES = [
  'exponential_smoothing',
  'damped_trend',
  'tsb',
  'open_weekday_mean_4',
] as const;
export type ClassicalName = (typeof CLASSICAL_NAMES)[number];
