import { describe, expect, it } from 'vitest';
import { toDayNumber } from '../../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../../shared/features/index.ts';
import {
  calibrationOrigins,
  isTooShortForTrees,
  limitWindows,
  smoothingOrigins,
  TooFewDaysError,
  treesFrom,
} from '../../../../../workers/trainer/evaluate/windows.ts';

const FIRST = toDayNumber('2026-09-01');
const panelOf = (dayCount: number) => ({ firstDay: FIRST, dayCount });

describe('a history that is too short for trees', () => {
  it('ends on the day before the one from which trees are trained', () => {
    expect(isTooShortForTrees(panelOf(71))).toBe(true);
    expect(isTooShortForTrees(panelOf(72))).toBe(false);
    expect(treesFrom(FIRST)).toBe(FIRST + 71);
  });

  it.for([
    [14, 1, 7],
    [20, 1, 10],
    [29, 1, 15],
    [30, 1, 15],
    [45, 1, 29],
    [46, 2, 14],
    [71, 3, 23],
  ] as const)('of %i days has %i windows, the first after %i days', ([days, count, before]) => {
    const origins = smoothingOrigins(0, days - 1, 8);
    expect(origins).toHaveLength(count);
    expect(origins[0]).toBe(before - 1);
    expect(smoothingOrigins(0, days - 1, 1)).toEqual(origins.slice(-1));
  });

  it('measures its intervals after days of which a week or more lies before, up to the last but one', () => {
    for (let days = 14; days <= 71; days++) {
      const origins = calibrationOrigins(0, days - 1);
      expect(origins.length).toBeLessThanOrEqual(HORIZON);
      expect(origins.length).toBeGreaterThanOrEqual(7);
      expect(origins[0]).toBeGreaterThanOrEqual(6);
      expect(origins.at(-1)).toBe(days - 2);
    }
  });

  it('is pointed out, with the day until which it is', () => {
    const notes: string[] = [];
    expect(limitWindows(panelOf(20), 8, 'scores', (note) => notes.push(note))).toBe(1);
    expect(notes.join()).toContain('The history of 20 days is too short for trees');
    expect(notes.join()).toContain('exponential smoothing until the sales of 2026-11-11 are known');
  });

  it('is refused below 14 days, with the days there are and the day to wait for', () => {
    for (const attempt of [
      () => smoothingOrigins(FIRST, FIRST + 12, 4),
      () => limitWindows(panelOf(13), 4, 'scores', () => undefined),
    ]) {
      expect(attempt).toThrow(TooFewDaysError);
      expect(attempt).toThrow(
        /has 13 days; a forecast needs 14: train when the sales of 2026-09-14 are known/,
      );
    }
  });
});
