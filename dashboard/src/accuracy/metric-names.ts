import { formatPercent, formatScore } from '../format/numbers.ts';
import type { Metric } from './accuracy-view.ts';

export const METRIC_NAMES: Readonly<Record<Metric, string>> = { rmsle: 'RMSLE', wape: 'WAPE' };

export function formatError(value: number | undefined, metric: Metric): string {
  return metric === 'wape' ? formatPercent(value) : formatScore(value);
}
