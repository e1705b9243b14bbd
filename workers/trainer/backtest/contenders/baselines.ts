import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { BASELINES, type Baseline, sameWeekdayMean4 } from '../../../../shared/forecast/baselines.ts';
import type { PanelSeries } from '../../training-set/panel-series.ts';
import { type Contender, onePoint } from '../contender.ts';

/** A year of whole weeks: the same weekday, the same season. */
const YEAR_DAYS = 364;

/** The day 364 days before the target; where it is not known, the mean of the last four same weekdays. */
export const naive364: Baseline = (history, origin, h) => {
  const milliUnits = history.milliUnits[origin + h - YEAR_DAYS - history.firstDay] ?? -1;
  return milliUnits >= 0 ? milliUnits / 1000 : sameWeekdayMean4(history, origin, h);
};

/** The baselines of every backtest. */
export function baselineContenders(series: readonly PanelSeries[]): Contender[] {
  return Object.entries({ ...BASELINES, naive_364: naive364 }).map(([name, baseline]) => ({
    name,
    forecast: async (origin) => onePoint(forecastAll(series, origin, baseline)),
  }));
}

function forecastAll(series: readonly PanelSeries[], origin: DayNumber, baseline: Baseline): Float64Array {
  const units = new Float64Array(series.length * HORIZON);
  series.forEach(({ history }, s) => {
    for (let h = 1; h <= HORIZON; h++) units[s * HORIZON + h - 1] = baseline(history, origin, h);
  });
  return units;
}
