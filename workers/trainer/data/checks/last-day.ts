import { DAYS_PER_WEEK, toIsoDate, YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import { median } from '../averages.ts';
import { type Check, percentage } from './data-check.ts';

/** Weeks before the last day that show its usual level. */
const WEEKS = 4;
/** Below this share of the series, or of the units, the day is incomplete. */
const COMPLETE = 0.5;
const LOW_SALES = 0.3;
/** From this multiple of the same weekdays before, the day is unusual or in another unit. */
const HIGH_SALES = 5;
const IMPLAUSIBLE_SALES = 20;
/**
 * And this multiple of the level that nine in ten days of the last year stay below: neither a day before a holiday nor
 * a usually closed weekday exceeds it.
 */
const BEYOND_GOOD_DAYS = 2;

/** Whether the last day is complete, and not too large: a truncated file ends in the middle of it. */
export const checkLastDay: Check = ({ history: { panel }, live }) => {
  const last = panel.dayCount - 1;
  const today = dayTotals(panel, last);
  const before = Array.from({ length: WEEKS }, (_, week) => last - DAYS_PER_WEEK * (week + 1))
    .filter((day) => day >= 0)
    .map((day) => dayTotals(panel, day));
  const usual = (read: (totals: ReturnType<typeof dayTotals>) => number) => median(before.map(read));
  const seriesShare =
    today.known /
    Math.max(
      1,
      usual(({ known }) => known),
    );
  const unitShare =
    today.units /
    Math.max(
      1,
      usual(({ units }) => units),
    );
  // A file's last day has rows; if no series has a value, they say that all stores were closed.
  const isClosed = today.known === 0 && live === null;
  const isCutOff = before.length > 0 && seriesShare < COMPLETE && !isClosed;
  const isLow = before.length > 0 && unitShare < LOW_SALES;
  const isBeyond = before.length > 0 && today.units > BEYOND_GOOD_DAYS * goodDayOf(panel, last);
  const isHigh = isBeyond && unitShare >= HIGH_SALES;
  const isImplausible = isBeyond && unitShare >= IMPLAUSIBLE_SALES;
  return {
    name: 'last-day',
    severity:
      isImplausible || (isCutOff && live === null)
        ? 'failure'
        : isCutOff || isLow || isHigh
          ? 'warning'
          : 'info',
    finding:
      `${toIsoDate(panel.firstDay + last)} has ${today.known} series and ${Math.round(today.units)} units, ` +
      `${percentage(unitShare)} % of the same weekdays before`,
    figures: {
      series: today.known,
      series_percent: percentage(seriesShare),
      units_percent: percentage(unitShare),
    },
    fix: isCutOff
      ? 'Export the file again once the day is closed, or remove the day'
      : isLow
        ? 'Nothing, if the stores were closed; else export the day again'
        : isHigh
          ? 'Check that the day is in the same unit as the days before, and in the file only once'
          : null,
  };
};

/** The level that nine in ten days with sales of the year before a day stay below, in units. */
function goodDayOf(panel: Parameters<typeof dayTotals>[0], day: number): number {
  const sold: number[] = [];
  for (let before = Math.max(0, day - YEAR_OF_WEEKS); before < day; before++) {
    const { units } = dayTotals(panel, before);
    if (units > 0) sold.push(units);
  }
  return sold.sort((a, b) => a - b)[Math.floor(sold.length * 0.9)] ?? 0;
}

function dayTotals(
  panel: { readonly milliUnits: Int32Array; readonly dayCount: number },
  day: number,
): { readonly known: number; readonly units: number } {
  let known = 0;
  let units = 0;
  for (let at = day; at < panel.milliUnits.length; at += panel.dayCount) {
    const value = panel.milliUnits[at] as number;
    if (value < 0) continue;
    known++;
    units += value / 1000;
  }
  return { known, units };
}
