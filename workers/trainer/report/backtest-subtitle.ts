import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { BacktestRun } from '../backtest/backtest-dataset.ts';

/** What was backtested, in a line. */
export function backtestSubtitle({ workshop, summary, recipe }: BacktestRun): string {
  const { series, xgboost } = workshop;
  const history = series[0]?.history;
  const days = history
    ? `${toIsoDate(history.firstDay)}..${toIsoDate(history.firstDay + history.milliUnits.length - 1)}, `
    : '';
  return (
    `${series.length} series, ${days}${summary.windows.length} windows, ` +
    `${recipe.rounds} trees of depth ${recipe.params.max_depth}, XGBoost ${xgboost.version}`
  );
}
