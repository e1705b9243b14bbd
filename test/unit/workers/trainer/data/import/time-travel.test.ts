import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoWeekday, toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { type Dataset, historyOf } from '../../../../../../workers/trainer/data/dataset.ts';
import {
  TimeTravelError,
  travel,
  yearsInWeeks,
} from '../../../../../../workers/trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';

/** A dataset without series: only its calendar matters here. */
function spanning(firstDate: string, dayCount: number): Dataset {
  return {
    name: 'calendar',
    stores: [],
    families: [],
    holidays: [
      {
        date: firstDate,
        type: 'Holiday',
        locale: 'National',
        locale_name: 'X',
        description: 'X',
        transferred: false,
      },
    ],
    oil: [{ date: firstDate, price: 50 }],
    panel: {
      firstDay: toDayNumber(firstDate),
      dayCount,
      series: [],
      milliUnits: new Int32Array(0),
      plannedDayCount: dayCount,
      onpromotion: new Uint16Array(0),
      tickets: null,
    },
    shiftDays: 0,
  };
}

const days = fc.integer({ min: toDayNumber('2013-01-01'), max: toDayNumber('2040-01-01') });

/** The same date a number of years later. */
function anniversary(day: number, years: number): number {
  const date = new Date(day * 86_400_000);
  return Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate()) / 86_400_000;
}

describe('time travel', () => {
  it('moves everything by whole weeks, so that today has a past and a future', () =>
    fc.assert(
      fc.property(fc.integer({ min: 90, max: 2000 }), days, (dayCount, today) => {
        const original = spanning('2013-01-01', dayCount);
        fc.pre(today >= original.panel.firstDay + dayCount / 2);
        const moved = travel(original, toIsoDate(today));
        const { shiftDays } = moved;
        const lastDay = moved.panel.firstDay + dayCount - 1;
        expect(shiftDays % 7).toBe(0);
        expect(shiftDays).toBeGreaterThanOrEqual(0);
        expect(moved.panel.firstDay).toBe(original.panel.firstDay + shiftDays);
        expect(isoWeekday(moved.panel.firstDay)).toBe(isoWeekday(original.panel.firstDay));
        expect(toDayNumber(moved.holidays[0]?.date ?? '')).toBe(moved.panel.firstDay);
        expect(toDayNumber(moved.oil[0]?.date ?? '')).toBe(moved.panel.firstDay);
        expect(lastDay).toBeGreaterThanOrEqual(today + 17);
        const history = today - moved.panel.firstDay;
        expect(history).toBeGreaterThanOrEqual(28);
        const lastBefore = original.panel.firstDay + dayCount - 1;
        const years = Math.round(shiftDays / 365.2425);
        if (shiftDays !== yearsInWeeks(lastBefore, years)) {
          expect(lastDay).toBeGreaterThanOrEqual(today + 28);
          expect(lastDay).toBeLessThan(today + 35);
        } else if (years > 0 && history * 2 >= dayCount) {
          expect(lastBefore + yearsInWeeks(lastBefore, years - 1)).toBeLessThan(today + 17);
        }
      }),
    ));

  it('moves the public span by ten years of whole weeks: Christmas stays at Christmas', () => {
    const moved = travel(spanning('2013-01-01', 1688), '2026-11-22');
    expect(moved.shiftDays).toBe(3654);
    expect(toIsoDate(toDayNumber('2016-12-25') + moved.shiftDays)).toBe('2026-12-27');
  });

  it('keeps every date in its place in the year, to within 3 days, or 4 across a leap day', () =>
    fc.assert(
      fc.property(days, days, fc.integer({ min: 0, max: 40 }), (lastDay, day, years) => {
        const shift = yearsInWeeks(lastDay, years);
        expect(shift % 7).toBe(0);
        expect(Math.abs(day + shift - anniversary(day, years))).toBeLessThanOrEqual(4);
        expect(Math.abs(lastDay + shift - anniversary(lastDay, years))).toBeLessThanOrEqual(3);
      }),
    ));

  it('keeps at least half of a short dataset as history', () => {
    const moved = travel(spanning('2013-01-01', 247), '2026-11-22');
    expect(toDayNumber('2026-11-22') - moved.panel.firstDay).toBeGreaterThan(247 / 2);
  });

  it('leaves a dataset unchanged for null, or if it already spans today', () => {
    const dataset = spanning('2013-01-01', 1688);
    expect(travel(dataset, null)).toBe(dataset);
    expect(travel(dataset, '2017-01-01')).toBe(dataset);
  });

  it('refuses a dataset that is too short', () => {
    const attempt = () => travel(spanning('2013-01-01', 40), '2026-11-22');
    expect(attempt).toThrow(TimeTravelError);
    expect(attempt).toThrow(/28 are needed. Use a longer dataset, or turn time travel off/);
  });
});

describe('the history of a dataset', () => {
  const { dataset } = generateSyntheticDataset({
    stores: 2,
    families: 3,
    firstDate: '2016-01-01',
    lastDate: '2016-12-31',
  });

  it('ends on the day before the live part, with the same values', () => {
    const history = historyOf(dataset, '2016-10-01');
    const { panel } = history;
    expect(toIsoDate(panel.firstDay + panel.dayCount)).toBe('2016-10-01');
    panel.series.forEach((_, s) => {
      expect(panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount)).toEqual(
        dataset.panel.milliUnits.subarray(
          s * dataset.panel.dayCount,
          s * dataset.panel.dayCount + panel.dayCount,
        ),
      );
    });
    expect(panel.tickets).toHaveLength(2 * panel.dayCount);
    expect(history.oil.every(({ date }) => date < '2016-10-01')).toBe(true);
    expect(history.oil.length).toBeGreaterThan(0);
  });

  it('does not depend on the future', () => {
    const changed = { ...dataset, panel: { ...dataset.panel, milliUnits: dataset.panel.milliUnits.slice() } };
    const cut = toDayNumber('2016-10-01') - dataset.panel.firstDay;
    dataset.panel.series.forEach((_, s) => {
      changed.panel.milliUnits.fill(7, s * dataset.panel.dayCount + cut, (s + 1) * dataset.panel.dayCount);
    });
    expect(historyOf(changed, '2016-10-01').panel.milliUnits).toEqual(
      historyOf(dataset, '2016-10-01').panel.milliUnits,
    );
  });

  it('is the dataset itself if nothing lies after it', () => {
    expect(historyOf(dataset, '2017-01-01')).toBe(dataset);
  });

  it('refuses a live part that starts before the dataset', () => {
    expect(() => historyOf(dataset, '2016-01-01')).toThrow('it has no history before 2016-01-01');
  });
});
