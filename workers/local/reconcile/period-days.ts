import { type DayNumber, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { isoMonthOf, isoWeekOf } from '../../../shared/calendar/iso-week.ts';
import type { BucketKind } from '../../../shared/store/sales-store.ts';

/** The days from one to another, both included, that a bucket of this kind and period counts. */
export function daysOfPeriod(
  kind: BucketKind,
  period: string,
  from: DayNumber,
  through: DayNumber,
): readonly DayNumber[] {
  if (kind !== 'sales_weekly' && kind !== 'sales_monthly') {
    const day = toDayNumber(period);
    return day >= from && day <= through ? [day] : [];
  }
  const nameOf = kind === 'sales_weekly' ? isoWeekOf : isoMonthOf;
  const days: DayNumber[] = [];
  for (let day = from; day <= through; day++) if (nameOf(day) === period) days.push(day);
  return days;
}
