import { describe, expect, it } from 'vitest';
import {
  formatDate,
  formatDay,
  formatDuration,
  formatInstant,
  formatLongDate,
  formatMinute,
  formatShortDate,
  formatWeekday,
} from '../../../../../dashboard/src/lib/format/dates.ts';
import {
  formatChange,
  formatCompact,
  formatCount,
  formatDifference,
  formatPercent,
  formatQuantity,
  formatScore,
  formatUnits,
  NO_VALUE,
} from '../../../../../dashboard/src/lib/format/numbers.ts';

describe('numbers', () => {
  it('show units with enough decimals to distinguish days', () => {
    expect(formatUnits(8421.3)).toBe('8,421');
    expect(formatUnits(12)).toBe('12');
    expect(formatUnits(9.96)).toBe('10');
    expect(formatUnits(9.94)).toBe('9.9');
    expect(formatUnits(2.34)).toBe('2.3');
    expect(formatUnits(0.999)).toBe('1.0');
    expect(formatUnits(0.256)).toBe('0.26');
    expect(formatUnits(3)).toBe('3');
    expect(formatUnits(0)).toBe('0');
  });

  it('show a dash for an unknown value', () => {
    for (const format of [formatUnits, formatCount, formatPercent, formatChange, formatScore, formatCompact])
      for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
        expect(format(value)).toBe(NO_VALUE);
  });

  it('show changes with their sign, and a true minus', () => {
    expect(formatChange(0.0666)).toBe('+6.7%');
    expect(formatChange(-0.012)).toBe('\u22121.2%');
    expect(formatChange(0)).toBe('0.0%');
    expect(formatDifference(30_834)).toBe('+30,834');
    expect(formatDifference(-1500)).toBe('\u22121,500');
  });

  it('show scores, shares, axis numbers and counts', () => {
    expect(formatScore(0.37412)).toBe('0.3741');
    expect(formatPercent(0.791)).toBe('79.1%');
    expect(formatCompact(12_500)).toBe('12.5K');
    expect(formatCount(1_204_332)).toBe('1,204,332');
    expect(formatQuantity(1, 'store', 'stores')).toBe('1 store');
    expect(formatQuantity(1000, 'store', 'stores')).toBe('1,000 stores');
  });
});

describe('dates', () => {
  it("are shown as written, whatever the reader's time zone", () => {
    const before = process.env.TZ;
    try {
      for (const zone of ['Pacific/Kiritimati', 'America/Guayaquil', 'Pacific/Pago_Pago', 'UTC']) {
        process.env.TZ = zone;
        expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
        expect(formatLongDate('2026-11-22'), zone).toBe('Sun 22 Nov 2026');
        expect(formatDate('2027-01-01'), zone).toBe('1 Jan 2027');
        expect(formatDay('2028-02-29'), zone).toBe('Tue 29 Feb');
        expect(formatShortDate('2026-12-31'), zone).toBe('31 Dec');
        expect(formatWeekday('2026-11-22'), zone).toBe('Sunday');
      }
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it('reject an invalid date', () => {
    expect(() => formatDay('2026-02-30')).toThrow('2026-02-30');
  });

  it('minutes of the day run to 24:00', () => {
    expect([0, 5, 875, 1440].map(formatMinute)).toEqual(['00:00', '00:05', '14:35', '24:00']);
  });

  it("instants are in the stores' time zone, or say that they are not", () => {
    expect(formatInstant('2026-11-22T19:35:00.000Z', 'America/Guayaquil')).toBe('14:35');
    expect(formatInstant('2026-11-22T05:00:00.000Z', 'America/Guayaquil')).toBe('00:00');
    expect(formatInstant('2026-11-22T19:35:00.000Z', null)).toBe('19:35 UTC');
  });

  it('spans are in their one or two largest parts', () => {
    const spans = [0, 59_400, 59_600, 300_000, 3_599_000, 3_600_000, 12_000_000, 86_400_000, 97_200_000];
    expect(spans.map(formatDuration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '5 min',
      '1 h',
      '1 h',
      '3 h 20 min',
      '1 d',
      '1 d 3 h',
    ]);
  });
});
