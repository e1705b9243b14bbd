import { describe, expect, it } from 'vitest';
import { HORIZON, type SeriesHistory } from '../../../../shared/features/index.ts';
import { blendWithSmoothing, smoothedWeekdays } from '../../../../shared/forecast/smoothing.ts';
import { sequence } from '../../../support/datasets/sample-history.ts';

const DAYS = 150;
const ORIGIN = DAYS - 1;
const TREES = Float64Array.from({ length: HORIZON }, (_, i) => Math.log1p(50 + i));

/** @param units of a day, 0 the first, null where not known */
function historyOf(
  units: (day: number) => number | null,
  items: (day: number) => number = () => 0,
): SeriesHistory {
  return {
    firstDay: 0,
    milliUnits: Int32Array.from({ length: DAYS }, (_, day) => {
      const sold = units(day);
      return sold === null ? -1 : Math.round(1000 * sold);
    }),
    onpromotion: Uint16Array.from({ length: DAYS + HORIZON + 1 }, (_, day) => items(day)),
    tickets: new Int32Array(DAYS).fill(-1),
  };
}

const basisOf = (history: SeriesHistory, effect: ((items: number) => number) | null = null) => ({
  ...{ history, effect },
  origin: ORIGIN,
});
const unitsOf = (logs: Float64Array) => [...logs].map(Math.expm1);

describe('exponential smoothing', () => {
  it('repeats the week of a series that is always the same', () => {
    const week = [10, 12, 14, 16, 20, 30, 25];
    const smoothed = unitsOf(smoothedWeekdays(basisOf(historyOf((day) => week[day % 7] as number))));
    smoothed.forEach((units, lag) => {
      const sold = week[(ORIGIN - lag) % 7] as number;
      expect(units / sold).toBeGreaterThan(0.9);
      expect(units / sold).toBeLessThan(1.1);
    });
  });

  it('weighs a day 0.9 times the next one', () => {
    // Its weekdays are alike, so that only the level counts.
    const recent = 14;
    const history = historyOf((day) => (day > ORIGIN - recent ? Math.expm1(3) : Math.expm1(2)));
    const newShare = (1 - 0.9 ** recent) / (1 - 0.9 ** 140);
    for (const log of smoothedWeekdays(basisOf(history))) expect(log).toBeCloseTo(2 + newShare, 1);
  });

  it('has no use for unknown days', () => {
    const random = sequence(5);
    const known = historyOf(() => 20 + 5 * random());
    const lost = { ...known, milliUnits: known.milliUnits.slice() };
    lost.milliUnits.fill(-1, ORIGIN - 2);
    const [before, after] = [known, lost].map((history) => smoothedWeekdays(basisOf(history)));
    after?.forEach((log, lag) => {
      expect(Math.abs(log - (before?.[lag] as number))).toBeLessThan(0.05);
    });
    expect([...smoothedWeekdays(basisOf(historyOf(() => null)))]).toEqual(new Array(7).fill(Number.NaN));
  });

  it('takes off what promotions of known effect added, and leaves days of unknown effect out', () => {
    const isPromoted = (day: number) => day % 3 === 0;
    const promoted = historyOf(
      (day) => (isPromoted(day) ? 40 : 20),
      (day) => (isPromoted(day) ? 2 : 0),
    );
    const plain = [...smoothedWeekdays(basisOf(historyOf(() => 20)))];
    const double = (items: number) => (items > 0 ? Math.log(2) : 0);
    for (const effect of [double, null]) {
      [...smoothedWeekdays(basisOf(promoted, effect))].forEach((log, lag) => {
        expect(log).toBeCloseTo(plain[lag] as number, 6);
      });
    }
  });

  it('forgets what was sold before a silence that is no chance', () => {
    const back = (days: number) =>
      historyOf((day) => (day > ORIGIN - days ? 40 : day > ORIGIN - days - 20 ? 0 : 20));
    for (const units of unitsOf(smoothedWeekdays(basisOf(back(20))))) expect(units).toBeCloseTo(40, 6);
    expect([...smoothedWeekdays(basisOf(back(5)))]).toEqual(new Array(7).fill(Number.NaN));
  });

  it('says nothing about a product that was promoted with unknown effect from its launch on', () => {
    const launch = DAYS - 25;
    const promoted = historyOf(
      (day) => (day < launch ? 0 : 60),
      (day) => Number(day >= launch),
    );
    expect([...smoothedWeekdays(basisOf(promoted))].every(Number.isNaN)).toBe(true);
    expect(blendWithSmoothing(TREES, basisOf(promoted), 0.5)).toEqual(TREES);
  });

  it('says nothing about a series that has fallen silent, and counts the silences of one that often is', () => {
    const silent = historyOf((day) => (day > ORIGIN - 10 ? 0 : 20));
    expect([...smoothedWeekdays(basisOf(silent))]).toEqual(new Array(7).fill(Number.NaN));
    const rare = historyOf((day) => (day % 12 === 0 ? 3 : 0));
    for (const units of unitsOf(smoothedWeekdays(basisOf(rare)))) {
      expect(units).toBeGreaterThan(0);
      expect(units).toBeLessThan(1);
    }
  });
});

describe('a blend of trees and smoothing', () => {
  it('lies between the two in log space, by its share', () => {
    const history = historyOf(() => 20);
    const smoothed = smoothedWeekdays(basisOf(history))[0] as number;
    const blended = blendWithSmoothing(TREES, basisOf(history), 0.25);
    blended.forEach((log, i) => {
      expect(log).toBeCloseTo(0.75 * (TREES[i] as number) + 0.25 * smoothed, 6);
    });
  });

  it('is the trees, to the bit, without a share, for a silent series, and where nothing is known', () => {
    expect(blendWithSmoothing(TREES, basisOf(historyOf(() => 20)), 0)).toBe(TREES);
    for (const history of [historyOf((day) => (day > ORIGIN - 10 ? 0 : 20)), historyOf(() => null)]) {
      expect(blendWithSmoothing(TREES, basisOf(history), 0.5)).toEqual(TREES);
    }
  });

  it('multiplies by the effect of the plan, and leaves a plan of unknown effect to the trees', () => {
    const plan = historyOf(
      () => 20,
      (day) => Number(day === ORIGIN + 3),
    );
    const none = historyOf(() => 20);
    const [planned, usual] = [plan, none].map((history) =>
      blendWithSmoothing(
        TREES,
        basisOf(history, (items) => (items > 0 ? Math.log(2) : 0)),
        1,
      ),
    );
    const usualBlend = blendWithSmoothing(TREES, basisOf(none), 0.5);
    expect(Math.expm1(planned?.[2] as number)).toBeCloseTo(2 * Math.expm1(usual?.[2] as number), 6);
    const unknown = blendWithSmoothing(TREES, basisOf(plan), 0.5);
    expect(unknown[2]).toBe(TREES[2]);
    unknown.forEach((log, i) => {
      if (i !== 2) expect(log).toBe(usualBlend[i]);
    });
  });

  it('reads no sale after the origin', () => {
    const history = historyOf((day) => 20 + (day % 5));
    const later = { ...history, milliUnits: Int32Array.from([...history.milliUnits, 900_000, 900_000]) };
    expect(blendWithSmoothing(TREES, basisOf(later), 0.5)).toEqual(
      blendWithSmoothing(TREES, basisOf(history), 0.5),
    );
  });
});

describe('smoothing without trees', () => {
  const ANCHORS = new Float64Array(HORIZON).fill(Math.log1p(7));

  it('forecasts a promotion of unknown effect as an ordinary day, whose level others do not raise', () => {
    const isPromoted = (day: number) => day % 3 === 0;
    const history = historyOf(
      (day) => (isPromoted(day) ? 60 : 20),
      (day) => Number(isPromoted(day)),
    );
    for (const units of unitsOf(blendWithSmoothing(ANCHORS, basisOf(history), 1))) {
      expect(units).toBeCloseTo(20, 6);
    }
  });

  it('counts such days as ordinary ones if hardly any others are known', () => {
    const history = historyOf(
      () => 20,
      () => 1,
    );
    for (const units of unitsOf(blendWithSmoothing(ANCHORS, basisOf(history), 1))) {
      expect(units).toBeCloseTo(20, 6);
    }
  });

  it('leaves the anchor where it has nothing to say', () => {
    expect(blendWithSmoothing(ANCHORS, basisOf(historyOf(() => null)), 1)).toEqual(ANCHORS);
  });
});
