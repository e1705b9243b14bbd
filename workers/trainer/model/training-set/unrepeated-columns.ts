import { type DayNumber, YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import { HOLIDAY_FEATURES } from '../../../../shared/features/calendar-features.ts';
import { FEATURE_NAMES } from '../../../../shared/features/index.ts';
import type { PanelSeries } from '../series/panel-series.ts';

/** Days of origins in which every day of a month occurs four times. */
const FOUR_MONTHS_OF_ORIGINS = 120;
/** Number of dates from which a kind of holiday can be learned, rather than the dates themselves. */
const ENOUGH_DATES = 4;

const columnsOf = (...names: string[]) => names.map((name) => FEATURE_NAMES.indexOf(name));
const SEASON = columnsOf('month', 'day_of_year', 'iso_week');
const DAY_OF_MONTH = columnsOf('day_of_month');
const NATIONAL_DISTANCES = ['days_since_national_holiday', 'days_until_national_holiday'];

/**
 * Columns of a feature row that, in a short history, identify the target's date rather than what it has in common
 * with others: where a date or a holiday does not repeat, trees would take the sales of these days for the effect of
 * the season or the holiday. Less than a year of origins says nothing about the season, less than four months nothing
 * about the day of the month, fewer than four dates nothing about a kind of holiday.
 */
export function unrepeatedColumns(
  series: readonly PanelSeries[],
  firstOrigin: DayNumber,
  lastDay: DayNumber,
): readonly number[] {
  const originDays = lastDay - firstOrigin;
  return [
    ...(originDays < YEAR_OF_WEEKS ? SEASON : []),
    ...(originDays < FOUR_MONTHS_OF_ORIGINS ? DAY_OF_MONTH : []),
    ...rareHolidays(series, firstOrigin + 1, lastDay),
  ];
}

function rareHolidays(series: readonly PanelSeries[], from: DayNumber, to: DayNumber): number[] {
  const width = HOLIDAY_FEATURES.length;
  const tables = [...new Set(series.map(({ covariates }) => covariates.holidays))];
  const start = series[0]?.covariates.fromDay ?? from;
  const datesOf = (column: number) => {
    let dates = 0;
    for (let day = from; day <= to; day++) {
      const at = (day - start) * width + column;
      if (tables.some((table) => table[at] === 1)) dates++;
    }
    return dates;
  };
  const rare = HOLIDAY_FEATURES.map(({ name }) => name).filter(
    (name, column) => !NATIONAL_DISTANCES.includes(name) && datesOf(column) < ENOUGH_DATES,
  );
  return columnsOf(...rare, ...(rare.includes('national_holiday') ? NATIONAL_DISTANCES : []));
}
