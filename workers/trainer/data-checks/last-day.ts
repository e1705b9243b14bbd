import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type Check, percentage } from './check-input.ts';

/** Weeks before the last day that say what it should be like. */
const WEEKS = 4;
/** Below this share of the series, or of the units, the day is not complete. */
const COMPLETE = 0.5;
const LOW_SALES = 0.3;

/** Whether the last day is all there: a file that was cut off ends in the middle of it. */
export const checkLastDay: Check = ({ history: { panel }, live }) => {
  const last = panel.dayCount - 1;
  const today = dayTotals(panel, last);
  const before = Array.from({ length: WEEKS }, (_, week) => last - 7 * (week + 1))
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
  const isCutOff = before.length > 0 && seriesShare < COMPLETE;
  const isLow = before.length > 0 && unitShare < LOW_SALES;
  return {
    name: 'last-day',
    severity: isCutOff && live === null ? 'failure' : isCutOff || isLow ? 'warning' : 'info',
    finding:
      `${toIsoDate(panel.firstDay + last)} has ${today.known} series and ${Math.round(today.units)} units, ` +
      `${percentage(unitShare)} % of the same weekdays before`,
    figures: {
      series: today.known,
      series_percent: percentage(seriesShare),
      units_percent: percentage(unitShare),
    },
    fix: isCutOff
      ? 'Write the file anew once the day is closed, or cut the day off'
      : isLow
        ? 'Nothing, if the stores were closed; else write the day anew'
        : null,
  };
};

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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
