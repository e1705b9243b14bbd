import { describe, expect, it } from 'vitest';
import { isoWeekday, toDayNumber } from '../../../../../../shared/calendar/day-number.ts';
import { holidaySchema } from '../../../../../../shared/schemas/catalog.ts';
import { createHolidays } from '../../../../../../workers/trainer/data/synthetic/ecuador-holidays.ts';
import { CITIES } from '../../../../../../workers/trainer/data/synthetic/store-table.ts';

describe('the holidays of the synthetic dataset', () => {
  const holidays = createHolidays(toDayNumber('2013-01-01'), toDayNumber('2017-12-31'));

  it('have the schema and the order of holidays_events.csv', () => {
    for (const holiday of holidays) expect(holidaySchema.parse(holiday)).toEqual(holiday);
    expect(holidays.map(({ date }) => date)).toEqual(holidays.map(({ date }) => date).sort());
  });

  it('fall on the days set by law', () => {
    const has = (date: string, description: string) =>
      holidays.some((holiday) => holiday.date === date && holiday.description === description);
    expect(has('2016-02-08', 'Carnaval')).toBe(true);
    expect(has('2016-03-25', 'Viernes Santo')).toBe(true);
    expect(has('2015-10-09', 'Independencia de Guayaquil')).toBe(true);
    expect(has('2016-05-08', 'Dia de la Madre')).toBe(true);
    expect(has('2016-11-25', 'Black Friday')).toBe(true);
  });

  it('move to a Monday or a Friday', () => {
    const moved = holidays.filter(({ type }) => type === 'Transfer');
    expect(moved.length).toBeGreaterThan(10);
    for (const { date } of moved) expect([1, 5]).toContain(isoWeekday(toDayNumber(date)));
    expect(holidays.filter(({ transferred }) => transferred)).toHaveLength(moved.length);
  });

  it('never put two national holidays of one kind on the same day', () => {
    const days = holidays
      .filter(
        ({ locale, type, transferred }) => locale === 'National' && type !== 'Additional' && !transferred,
      )
      .map(({ date }) => date);
    expect(new Set(days).size).toBe(days.length);
  });

  it('give each city its own day', () => {
    const local = new Set(
      holidays.filter(({ locale }) => locale === 'Local').map(({ locale_name }) => locale_name),
    );
    for (const { city } of CITIES) expect(local, city).toContain(city);
  });
});
