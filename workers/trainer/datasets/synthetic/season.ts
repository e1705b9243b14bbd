import { type DayNumber, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MID_MONTH_PAYDAY, PAYDAY_PROFILE } from './planted-effects.ts';

/** Day of the month and the number of days in the month of `day`. */
function monthPosition(day: DayNumber): { readonly dayOfMonth: number; readonly monthLength: number } {
  const date = new Date(day * 86_400_000);
  return {
    dayOfMonth: date.getUTCDate(),
    monthLength: new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  };
}

/** Strength of the payday effect on a day, 0..1: paydays are the 15th and the last day of the month. */
export function paydayStrength(day: DayNumber): number {
  const { dayOfMonth, monthLength } = monthPosition(day);
  const sinceMidMonth = dayOfMonth - 15;
  const sinceMonthEnd = dayOfMonth === monthLength ? 0 : dayOfMonth;
  return Math.max(
    PAYDAY_PROFILE[sinceMonthEnd] ?? 0,
    MID_MONTH_PAYDAY * (sinceMidMonth >= 0 ? (PAYDAY_PROFILE[sinceMidMonth] ?? 0) : 0),
  );
}

/** A bump of height 1 that returns every year: exp(-(distance / width)^2 / 2), distance in days. */
export function yearlyBump(
  day: DayNumber,
  peak: { readonly monthDay: string; readonly width: number },
): number {
  const year = Number(toIsoDate(day).slice(0, 4));
  const distances = [year - 1, year, year + 1].map((y) =>
    Math.abs(day - toDayNumber(`${y}-${peak.monthDay}`)),
  );
  return Math.exp(-0.5 * (Math.min(...distances) / peak.width) ** 2);
}

/** 1 on `peakDayOfYear`, -1 half a year away. */
export function yearlyWave(day: DayNumber, peakDayOfYear: number): number {
  const dayOfYear = day - toDayNumber(`${toIsoDate(day).slice(0, 4)}-01-01`) + 1;
  return Math.cos((2 * Math.PI * (dayOfYear - peakDayOfYear)) / 365.25);
}
