import { describe, expect, it } from 'vitest';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { daysSincePayday, daysUntilPayday } from '../../../shared/features/calendar-table.ts';

describe('paydays', () => {
  it.each([
    ['2016-02-15', 0, 0],
    ['2016-02-14', 14, 1],
    ['2016-02-16', 1, 13],
    ['2016-02-28', 13, 1],
    ['2016-02-29', 0, 0],
    ['2017-02-28', 0, 0],
    ['2016-03-01', 1, 14],
  ])('%s lies %i days after the last one and %i before the next', (date, since, until) => {
    expect(daysSincePayday(toDayNumber(date))).toBe(since);
    expect(daysUntilPayday(toDayNumber(date))).toBe(until);
  });
});
