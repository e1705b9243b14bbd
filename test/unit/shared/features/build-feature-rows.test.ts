import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '../../../../shared/at.ts';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import {
  createCovariates,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
  type SeriesHistory,
} from '../../../../shared/features/index.ts';
import {
  CATEGORIES,
  FIRST_DAY,
  HISTORY_DAYS,
  histories,
  SERIES,
  SOURCE,
} from '../../../support/datasets/sample-history.ts';
import {
  anchorsOf,
  buildFeatureRow,
  buildFeatureRows,
  isEstablished,
} from '../../../support/features/build-rows.ts';

/** The oracle: everything computed the slow way, from a map of days, without windows, offsets or shared code. */
function oracle(history: SeriesHistory, origin: number, h: number): Record<string, number> {
  const ticketsOn = (day: number) => history.tickets[day - history.firstDay] ?? -1;
  const unitsOn = (day: number) => history.milliUnits[day - history.firstDay] ?? -1;
  const closedOn = (day: number) => history.closed?.at(day - history.firstDay) === 1;
  const closedAhead = (step: number) => {
    const isClosed = (day: number) =>
      (day > origin || (day === origin && unitsOn(origin) < 0)) && day <= origin + 17 && closedOn(day);
    let days = 0;
    while (days < 7 && isClosed(origin + h + step * (days + 1))) days++;
    return days;
  };
  const itemsOn = (day: number) => history.onpromotion[day - history.firstDay] ?? 0;
  const days140 = Array.from({ length: 140 }, (_, k) => origin - k);
  const countsTickets = days140.some((day) => ticketsOn(day) > 0);
  const ticketDays = days140.map(ticketsOn).filter((tickets) => tickets > 0);
  const usual = ticketDays.reduce((sum, tickets) => sum + tickets, 0) / ticketDays.length;
  const isQuiet = (day: number) =>
    day <= origin &&
    day > origin - 140 &&
    (ticketsOn(day) > 0 ? ticketsOn(day) < 0.3 * usual : unitsOn(day) <= 0);
  const isClosure = (day: number) => {
    if (!countsTickets || !isQuiet(day)) return false;
    let run = 1;
    for (let d = day - 1; isQuiet(d); d--) run++;
    for (let d = day + 1; isQuiet(d); d++) run++;
    return run <= 3;
  };
  const soldOn = (day: number) =>
    unitsOn(day) < 0 || isClosure(day) ? null : Math.log1p(unitsOn(day) / 1000);
  // The days of stock-outs that are over, and those before a launch of the last four weeks, by sets of days, one for each silence.
  const demanded = days140.filter((day) => soldOn(day) !== null);
  const silences: number[][] = [[]];
  for (const day of demanded) {
    if (soldOn(day) === 0) silences.at(-1)?.push(day);
    else silences.push([]);
  }
  const sales = Array.from({ length: 392 }, (_, k) => origin - k).filter((day) =>
    day > origin - 140 ? (soldOn(day) ?? 0) > 0 : unitsOn(day) > 0,
  );
  const stockOuts = silences.filter((silence) => {
    const [newest = Number.NaN, oldest = Number.NaN] = [silence[0], silence.at(-1)];
    const others = demanded.filter((day) => !silence.includes(day));
    const zeroShare = (others.filter((day) => soldOn(day) === 0).length + 1) / (others.length + 2);
    const alike = silences.filter((other) => other.length > 0 && other.length >= silence.length / 2);
    const isBetweenSales = sales.some((day) => day < oldest);
    const isFirst = !demanded.some((day) => day < oldest && (soldOn(day) ?? 0) > 0);
    return (
      ((isBetweenSales && alike.length <= 2 && others.length >= 7) ||
        (isFirst && others.length >= 3 && others.length <= 27)) &&
      zeroShare ** silence.length < 0.001 &&
      sales.some((day) => day > newest)
    );
  });
  const isOutOfStock = (day: number) =>
    stockOuts.some((silence) => day <= (silence[0] ?? 0) && day >= (silence.at(-1) ?? 0));
  const knownOn = (day: number) => (isOutOfStock(day) ? null : soldOn(day));
  const mean = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const middleOf = (values: readonly (number | null)[]) => {
    const order = values.filter((value) => value !== null).toSorted((a, b) => a - b);
    return ((order[(order.length - 1) >> 1] ?? Number.NaN) + (order[order.length >> 1] ?? Number.NaN)) / 2;
  };
  const weekdayOf = (day: number, weeks: number) =>
    days140.filter((other) => (day - other) % 7 === 0).slice(0, weeks);
  const medianOn = (day: number) => middleOf(weekdayOf(day, 4).map(knownOn));
  const distanceOn = (day: number) => {
    const known = knownOn(day);
    return known === null ? null : Math.abs(known - medianOn(day));
  };
  const limit = Math.max(1, 5 * middleOf(days140.slice(0, 28).map(distanceOn)));
  const anchorFor = (day: number) => {
    const median = medianOn(day);
    const near = weekdayOf(day, 4).filter((other) => median === 0 || (distanceOn(other) ?? 0) <= limit);
    const level = near.some((other) => knownOn(other) !== null) ? mean(near.map(knownOn)) : median;
    if (!Number.isNaN(level)) return { kind: 0, value: level };
    const past = mean(days140.map(knownOn));
    const recent = mean(days140.slice(0, 28).map(knownOn));
    const own = weekdayOf(day, 20)
      .map(knownOn)
      .filter((value) => value !== null);
    const shift = own.length === 0 ? 0 : ((mean(own) - past) * own.length) / (own.length + 2);
    const from = Number.isNaN(recent) ? past : recent;
    return {
      kind: Number.isNaN(recent) ? 2 : 1,
      value: Number.isNaN(past) ? 0 : Math.max(0, from + shift),
    };
  };
  const isKnown = days140.some((day) => knownOn(day) !== null);
  const demandOn = (day: number) =>
    knownOn(day) ?? (isKnown && day <= origin && day > origin - 28 ? anchorFor(day).value : null);
  const demandOf = (from: number, count: number) =>
    Array.from({ length: count }, (_, k) => demandOn(origin - from - k));
  const target = origin + h;
  const sameWeekdays = days140.filter((day) => (target - day) % 7 === 0);
  const known28 = demandOf(0, 28).filter((value) => value !== null);
  const sorted = known28.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const mean28 = mean(known28);
  const yearAgoOn = (day: number) =>
    unitsOn(day) < 0 || (countsTickets && unitsOn(day) === 0 && ticketsOn(day) <= 0)
      ? null
      : Math.log1p(unitsOn(day) / 1000);
  const around = mean([-3, -2, -1, 0, 1, 2, 3].map((step) => yearAgoOn(target - 364 + step)));
  const yearAgoLevel = mean(Array.from({ length: 28 }, (_, k) => yearAgoOn(origin - 364 - k)));
  const sameDate = toDayNumber(
    `${Number(toIsoDate(target).slice(0, 4)) - 1}${toIsoDate(target).slice(4)}`.replace(
      '2015-02-29',
      '2015-03-01',
    ),
  );
  const items4 = sameWeekdays.slice(0, 4).map((day) => Math.log1p(itemsOn(day)));
  const decayed = demandOf(0, 60).map((value, k) => ({ value, weight: 0.9 ** k }));
  const weights = decayed.filter(({ value }) => value !== null).reduce((sum, { weight }) => sum + weight, 0);
  const ahead = Array.from({ length: h - 1 }, (_, k) => itemsOn(origin + 1 + k));
  const weekBefore = Array.from({ length: 7 }, (_, k) => itemsOn(target - 1 - k));
  return {
    lag_0: demandOn(origin) ?? Number.NaN,
    lag_6: demandOn(origin - 6) ?? Number.NaN,
    lag_27: demandOn(origin - 27) ?? Number.NaN,
    mean_3: mean(demandOf(0, 3)),
    mean_28: mean28,
    mean_140: mean(demandOf(0, 140)),
    mean_7_week_before: mean(demandOf(7, 7)),
    decayed_mean_60: decayed.reduce((sum, { value, weight }) => sum + (value ?? 0) * weight, 0) / weights,
    deviation_28:
      known28.length < 2
        ? Number.NaN
        : Math.sqrt(known28.reduce((sum, value) => sum + (value - mean28) ** 2, 0) / (known28.length - 1)),
    minimum_28: sorted[0] ?? Number.NaN,
    maximum_28: sorted.at(-1) ?? Number.NaN,
    median_28: ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2,
    zero_share_28: known28.filter((value) => value === 0).length / known28.length,
    days_since_sale: days140.findIndex((day) => (demandOn(day) ?? 0) > 0),
    mean_promoted: mean(days140.filter((day) => itemsOn(day) > 0).map(demandOn)),
    mean_unpromoted: mean(days140.filter((day) => itemsOn(day) === 0).map(demandOn)),
    weekday_last: demandOn(sameWeekdays[0] ?? 0) ?? Number.NaN,
    weekday_level: anchorFor(target).value,
    anchor_kind: anchorFor(target).kind,
    weekday_mean_4: mean(sameWeekdays.slice(0, 4).map(demandOn)),
    weekday_mean_8: mean(sameWeekdays.slice(0, 8).map(demandOn)),
    weekday_mean_20: mean(sameWeekdays.slice(0, 20).map(demandOn)),
    weekday_promotion: mean(items4),
    weekday_tickets: mean(
      sameWeekdays.slice(0, 4).map((day) => (ticketsOn(day) > 0 ? Math.log1p(ticketsOn(day)) : null)),
    ),
    tickets_mean_28: mean(
      days140.slice(0, 28).map((day) => (ticketsOn(day) > 0 ? Math.log1p(ticketsOn(day)) : null)),
    ),
    year_ago: yearAgoOn(target - 364) ?? around,
    year_ago_mean_7: around,
    year_ago_change: around - yearAgoLevel,
    same_date_change: unitsOn(sameDate) < 0 ? around - around : Math.log1p(unitsOn(sameDate) / 1000) - around,
    closed_days_before: closedAhead(-1),
    closed_days_after: closedAhead(1),
    promotion: Number(itemsOn(target) > 0),
    promotion_items: Math.log1p(itemsOn(target)),
    promotion_change: Math.log1p(itemsOn(target)) - mean(items4),
    promotion_day_before: Number(itemsOn(target - 1) > 0),
    promotion_day_after: Number(itemsOn(target + 1) > 0),
    promotion_share_week_before: weekBefore.filter((items) => items > 0).length / 7,
    promotion_share_ahead: h > 1 ? ahead.filter((items) => items > 0).length / (h - 1) : Number.NaN,
    horizon: h,
  };
}

/** The history of a product whose season began so many days ago, or that was launched then, after zeros. */
function launchedAgo(history: SeriesHistory, origin: number, days: number, zeros: number): SeriesHistory {
  const launch = origin + 1 - days - history.firstDay;
  const milliUnits = history.milliUnits.map((units, day) =>
    day < launch && day >= launch - zeros ? Math.min(0, units) : units,
  );
  return { ...history, milliUnits };
}

describe('lags, windows and promotions', () => {
  it('agree with a naive recomputation', () => {
    fc.assert(
      fc.property(
        histories,
        fc.integer({ min: FIRST_DAY + 2, max: FIRST_DAY + HISTORY_DAYS - 1 }),
        fc.integer({ min: 1, max: HORIZON }),
        fc.option(
          fc.record({ days: fc.integer({ min: 1, max: 35 }), zeros: fc.constantFrom(150, 200, 999) }),
        ),
        (drawn, origin, h, launch) => {
          const history = launch === null ? drawn : launchedAgo(drawn, origin, launch.days, launch.zeros);
          const covariates = createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES);
          const rows = new Float32Array(HORIZON * FEATURE_COUNT);
          buildFeatureRows(history, covariates, origin, rows);
          const row = rows.subarray((h - 1) * FEATURE_COUNT, h * FEATURE_COUNT);
          const expected = oracle(history, origin, h);
          if (expected.days_since_sale === -1) expected.days_since_sale = 140;
          for (const [name, value] of Object.entries(expected)) {
            const actual = row[FEATURE_NAMES.indexOf(name)] ?? Number.POSITIVE_INFINITY;
            if (Number.isNaN(value)) expect(actual, name).toBeNaN();
            else expect(actual, name).toBeCloseTo(value, 4);
          }
          expect(anchorAt(history, origin, h)).toBeCloseTo(expected.weekday_level ?? Number.NaN, 9);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never differ by rounding alone', () => {
    const differences = [
      'weekday_mean_over_level',
      'momentum_7',
      'momentum_28',
      'last_over_mean',
      'deviation_28',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40_000_000 }), { minLength: 7, maxLength: 7 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 27 }),
        (profile, isFlat, unknown) => {
          const days = 200;
          const week = (day: number) => Math.floor(day / 7);
          const milliUnits = Int32Array.from({ length: days }, (_, day) =>
            isFlat ? at(profile, 0) : Math.round(at(profile, day % 7) * (1 + 0.1 * (week(day) % 4))),
          );
          milliUnits[days - 1 - unknown] = -1;
          const history = {
            ...{ firstDay: FIRST_DAY, milliUnits },
            ...{ onpromotion: new Uint16Array(days), tickets: new Int32Array(days).fill(-1) },
          };
          const origin = FIRST_DAY + days - 1;
          const rows = new Float32Array(HORIZON * FEATURE_COUNT);
          buildFeatureRows(
            history,
            createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES),
            origin,
            rows,
          );
          for (const name of isFlat ? differences : differences.slice(0, 1)) {
            for (let h = 0; h < HORIZON; h++) {
              expect(rows[h * FEATURE_COUNT + FEATURE_NAMES.indexOf(name)], name).toBe(0);
            }
          }
        },
      ),
    );
  });

  it('take an unknown last day for a closed one only if the store was closed', () => {
    const days = 60;
    const milliUnits = new Int32Array(days).fill(5000);
    milliUnits[days - 1] = -1;
    const origin = FIRST_DAY + days - 1;
    const closedBefore = (milliUnits: Int32Array, isClosed: boolean) => {
      const closed = new Uint8Array(days);
      closed[days - 1] = Number(isClosed);
      const row = new Float32Array(FEATURE_COUNT);
      const history = {
        ...{ firstDay: FIRST_DAY, milliUnits, closed },
        ...{ onpromotion: new Uint16Array(days), tickets: new Int32Array(days).fill(-1) },
      };
      const covariates = createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES);
      buildFeatureRow(history, covariates, origin, 1, row);
      return row[FEATURE_NAMES.indexOf('closed_days_before')];
    };
    expect(closedBefore(milliUnits, false)).toBe(0);
    expect(closedBefore(milliUnits, true)).toBe(1);
    expect(closedBefore(new Int32Array(days).fill(5000), true)).toBe(0);
  });

  it.each([
    [3, 40, 0],
    [4, 40, 0],
    [3, 57, 0],
    [4, 56, 4 / 28],
  ])(
    'treat %i closed days from day %i on as days without demand in a share of %d',
    (closedDays, first, zeroShare) => {
      const days = 60;
      const isClosed = (day: number) => day >= first && day < first + closedDays;
      const history = {
        firstDay: FIRST_DAY,
        milliUnits: Int32Array.from({ length: days }, (_, day) => (isClosed(day) ? 0 : 10_000)),
        onpromotion: new Uint16Array(days + 20),
        tickets: Int32Array.from({ length: days }, (_, day) => (isClosed(day) ? 0 : 900)),
      };
      const origin = FIRST_DAY + days - 1;
      const covariates = createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES);
      const rows = new Float32Array(HORIZON * FEATURE_COUNT);
      buildFeatureRows(history, covariates, origin, rows);
      expect(rows[FEATURE_NAMES.indexOf('zero_share_28')]).toBeCloseTo(zeroShare, 6);
    },
  );

  it('anchor a series without any known day at zero', () => {
    const history = {
      firstDay: FIRST_DAY,
      milliUnits: new Int32Array(40).fill(-1),
      onpromotion: new Uint16Array(40),
      tickets: new Int32Array(40).fill(-1),
    };
    expect(anchorAt(history, FIRST_DAY + 39, 3)).toBe(0);
  });

  it('anchor a series that began this week at the mean of its known days', () => {
    const milliUnits = new Int32Array(40).fill(-1);
    milliUnits[38] = 9_000;
    milliUnits[39] = 19_000;
    const history = {
      firstDay: FIRST_DAY,
      milliUnits,
      onpromotion: new Uint16Array(40),
      tickets: new Int32Array(40).fill(-1),
    };
    const mean = (Math.log(10) + Math.log(20)) / 2;
    expect(anchorAt(history, FIRST_DAY + 39, 1)).toBeCloseTo(mean, 12);
    expect(anchorAt(history, FIRST_DAY + 39, 7)).toBeCloseTo(Math.log(20), 12);
    expect(isEstablished(history, FIRST_DAY + 39)).toBe(false);
  });

  it('anchor a weekday with four missing weeks at the level of the others plus its own difference', () => {
    const days = 60;
    const sundays = (day: number) => day % 7 === 3;
    const milliUnits = Int32Array.from({ length: days }, (_, day) => (sundays(day) ? 40_000 : 10_000));
    for (let day = days - 28; day < days; day++) if (sundays(day)) milliUnits[day] = -1;
    const history = {
      firstDay: FIRST_DAY,
      milliUnits,
      onpromotion: new Uint16Array(days + 20),
      tickets: new Int32Array(days).fill(-1),
    };
    const origin = FIRST_DAY + days - 1;
    const h = Array.from({ length: 7 }, (_, i) => i + 1).find((ahead) => sundays(days - 1 + ahead)) ?? 0;
    expect(Math.expm1(anchorAt(history, origin, h))).toBeGreaterThan(20);
    expect(Math.expm1(anchorAt(history, origin, h))).toBeLessThan(40);
    expect(isEstablished(history, origin)).toBe(true);
  });

  it('do not rest on the first days after a long closure, but on few days where a shop rarely opens', () => {
    const days = 200;
    const origin = FIRST_DAY + days - 1;
    const openOn = (isOpen: (ago: number) => boolean) =>
      isEstablished(
        {
          firstDay: FIRST_DAY,
          milliUnits: Int32Array.from({ length: days }, (_, day) => (isOpen(days - 1 - day) ? 10_000 : -1)),
          onpromotion: new Uint16Array(days + 20),
          tickets: new Int32Array(days).fill(-1),
        },
        origin,
      );
    expect(openOn((ago) => ago < 1 || ago > 35)).toBe(false);
    expect(openOn((ago) => ago < 6 || ago > 60)).toBe(false);
    expect(openOn((ago) => ago < 7 || ago > 60)).toBe(true);
    expect(openOn((ago) => ago > 20)).toBe(true);
    expect(openOn((ago) => ago > 21)).toBe(false);
    expect(openOn((ago) => ago % 7 === 2)).toBe(true);
  });
});

function anchorAt(history: SeriesHistory, origin: number, h: number): number {
  const columns = anchorsOf(history, origin, HORIZON);
  return columns.values[h - 1] ?? Number.NaN;
}
