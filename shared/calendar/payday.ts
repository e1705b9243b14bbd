import type { DayNumber } from './day-number.ts';

/**
 * Wages are paid on the 15th and on the last day of a month (the public sector of Ecuador does so by law; many
 * other countries have the same rhythm).
 *
 * @module
 */

const MID_MONTH = 15;

/** Days since the last payday, 0 on a payday itself. */
export function daysSincePayday(day: DayNumber): number {
  const { dayOfMonth, daysInMonth } = positionInMonth(day);
  if (dayOfMonth === daysInMonth) return 0;
  return dayOfMonth >= MID_MONTH ? dayOfMonth - MID_MONTH : dayOfMonth;
}

/** Days until the next payday, 0 on a payday itself. */
export function daysUntilPayday(day: DayNumber): number {
  const { dayOfMonth, daysInMonth } = positionInMonth(day);
  return dayOfMonth <= MID_MONTH ? MID_MONTH - dayOfMonth : daysInMonth - dayOfMonth;
}

function positionInMonth(day: DayNumber): { readonly dayOfMonth: number; readonly daysInMonth: number } {
  const date = new Date(day * 86_400_000);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return { dayOfMonth: date.getUTCDate(), daysInMonth };
}
