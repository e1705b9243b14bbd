import { describe, expect, it } from 'vitest';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { isoMonthOf, isoWeekOf } from '../../../../shared/calendar/date-parts.ts';
import {
  InvalidDateError,
  isoWeekday,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';

describe('calendar days', () => {
  it('turn into numbers and back', () => {
    for (let day = -1000; day < 60_000; day += 7) expect(toDayNumber(toIsoDate(day))).toBe(day);
  });

  it('refuse dates that do not exist', () => {
    for (const text of ['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', ''])
      expect(() => toDayNumber(text)).toThrow(InvalidDateError);
  });

  it('know their ISO week, also around New Year', () => {
    expect(isoWeekOf(toDayNumber('2021-01-03'))).toBe('2020-W53');
    expect(isoWeekOf(toDayNumber('2024-12-30'))).toBe('2025-W01');
    expect(isoWeekOf(toDayNumber('2026-11-22'))).toBe('2026-W47');
    expect(isoWeekday(toDayNumber('2026-11-22'))).toBe(7);
    expect(isoMonthOf(toDayNumber('2026-11-22'))).toBe('2026-11');
  });
});

describe('the business clock', () => {
  it('starts a day at local midnight', () => {
    const clock = createBusinessClock('America/Guayaquil');
    const day = toDayNumber('2026-11-22');
    expect(new Date(clock.startOf(day)).toISOString()).toBe('2026-11-22T05:00:00.000Z');
    expect(clock.dayOf(clock.startOf(day))).toBe(day);
    expect(clock.dayOf(clock.startOf(day) - 1)).toBe(day - 1);
    expect(clock.minuteOf(clock.startOf(day) + 61_000)).toBe(1);
  });

  it('keeps days whole where clocks change', () => {
    for (const zone of ['Europe/Berlin', 'America/Santiago', 'Asia/Beirut', 'Pacific/Apia']) {
      const clock = createBusinessClock(zone);
      for (let day = toDayNumber('2025-01-01'); day < toDayNumber('2026-01-01'); day++) {
        expect(clock.dayOf(clock.startOf(day)), `${zone} ${toIsoDate(day)}`).toBe(day);
        expect(clock.dayOf(clock.startOf(day) - 1), `${zone} ${toIsoDate(day)}`).toBe(day - 1);
      }
    }
  });
});
