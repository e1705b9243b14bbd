import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bandPath,
  labelledDays,
  linearScale,
  linePath,
  moveCursor,
  nearestPosition,
  niceTicks,
  placeTooltip,
} from '../../../../../dashboard/src/lib/charts/geometry.ts';
import { isoWeekday } from '../../../../../shared/calendar/day-number.ts';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('a scale', () => {
  it('maps the ends of the domain to the ends of the range, and back', () => {
    const y = linearScale([0, 50], [340, 20]);
    expect([y(0), y(50), y(25)]).toEqual([340, 20, 180]);
    fc.assert(
      fc.property(number(-1e6, 1e6), number(1, 1e6), number(-1e6, 1e6), (from, width, value) => {
        const scale = linearScale([from, from + width], [10, 900]);
        expect(scale.invert(scale(value))).toBeCloseTo(value, 3);
      }),
    );
  });

  it('without width maps to the start instead of dividing by zero', () => {
    expect(linearScale([5, 5], [10, 90])(5)).toBe(10);
    expect(linearScale([0, 5], [10, 10]).invert(10)).toBe(0);
  });
});

describe('ticks', () => {
  it('are round numbers', () => {
    expect(niceTicks(9_804, 5)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
    expect(niceTicks(951_300, 4)).toEqual([0, 250_000, 500_000, 750_000, 1_000_000]);
    expect(niceTicks(0.7, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(niceTicks(0, 4)).toEqual([0, 0.5, 1]);
    expect(niceTicks(Number.NaN, 4)).toEqual(niceTicks(0, 4));
  });

  it('start at 0, reach the largest value, waste less than a step, and are never many', () => {
    fc.assert(
      fc.property(number(1e-3, 1e9), fc.integer({ min: 2, max: 8 }), (largest, count) => {
        const ticks = niceTicks(largest, count);
        const top = ticks.at(-1) ?? 0;
        const step = ticks[1] ?? 0;
        expect(ticks[0]).toBe(0);
        expect(top).toBeGreaterThanOrEqual(largest * (1 - 1e-8));
        expect(top - largest).toBeLessThan(step * (1 + 1e-8));
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
      }),
    );
  });
});

describe('a line', () => {
  it('is interrupted at missing values, and a single day is still visible', () => {
    expect(linePath([[0, 1], [1, 2.345], null, [3, 4]])).toBe('M0 1L1 2.35M3 4h0.01');
    expect(linePath([null, null])).toBe('');
  });

  it('a band runs along its top and back along its bottom', () => {
    const points = [
      { x: 0, low: 9, high: 1 },
      { x: 5, low: 8, high: 2 },
    ];
    expect(bandPath(points)).toBe('M0 1L5 2L5 8L0 9Z');
    expect(bandPath([])).toBe('');
  });
});

describe('labels under days', () => {
  it('are on Mondays, do not touch, and include the newest Monday', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 21_000 }),
        fc.integer({ min: 7, max: 400 }),
        number(0.5, 40),
        (first, length, pixelsPerDay) => {
          const last = first + length;
          const days = labelledDays(first, last, pixelsPerDay, 58);
          expect(days.map(isoWeekday)).toEqual(days.map(() => 1));
          expect(days.at(-1)).toBeGreaterThan(last - 7);
          expect(days[0]).toBeGreaterThanOrEqual(first);
          days.slice(1).forEach((day, index) => {
            expect((day - (days[index] ?? 0)) * pixelsPerDay).toBeGreaterThanOrEqual(58 - 1e-9);
          });
        },
      ),
    );
  });
});

describe('the cursor', () => {
  it('snaps to the position nearest to the pointer, also outside the plot', () => {
    expect([-50, 10, 14, 16, 110, 999].map((pixel) => nearestPosition(pixel, 10, 110, 11))).toEqual([
      0, 0, 0, 1, 10, 10,
    ]);
    expect(nearestPosition(40, 10, 10, 1)).toBe(0);
  });

  it('moves by keys and stops at the ends', () => {
    const move = (key: string, from: number) => moveCursor(key, from, 20, 7);
    expect(move('ArrowRight', 3)).toBe(4);
    expect(move('ArrowLeft', 0)).toBe(0);
    expect(move('PageUp', 15)).toBe(19);
    expect(move('PageDown', 15)).toBe(8);
    expect([move('Home', 9), move('End', 9)]).toEqual([0, 19]);
    expect(move('a', 9)).toBeNull();
  });

  it('keeps its tooltip inside the chart, and next to the line if there is room', () => {
    fc.assert(
      fc.property(number(0, 1), fc.integer({ min: 230, max: 1600 }), (share, width) => {
        const x = share * width;
        const left = placeTooltip(x, 222, width);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left + 222).toBeLessThanOrEqual(width);
        if (width >= 2 * (222 + 14)) expect(left > x || left + 222 < x).toBe(true);
      }),
    );
  });
});
