import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import {
  createAnchorColumns,
  createCovariates,
  createFeatureBuilder,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
  LOOKBACK_DAYS,
  type SeriesHistory,
} from '../../../../shared/features/index.ts';
import {
  bitsOf,
  CATEGORIES,
  FIRST_DAY,
  HISTORY_DAYS,
  histories,
  SERIES,
  SOURCE,
} from '../../../support/datasets/sample-history.ts';
import { anchorsOf, buildFeatureRow, buildFeatureRows } from '../../../support/features/build-rows.ts';

const origins = fc.integer({ min: FIRST_DAY + 20, max: FIRST_DAY + HISTORY_DAYS - 1 });

function rowsOf(history: SeriesHistory, origin: number, source = SOURCE): Float32Array {
  const covariates = createCovariates(source, origin, origin + HORIZON, CATEGORIES).of(SERIES);
  const rows = new Float32Array(HORIZON * FEATURE_COUNT);
  buildFeatureRows(history, covariates, origin, rows);
  return rows;
}

describe('features of an origin', () => {
  it('stay the same when sales, tickets and oil after the origin change', () => {
    fc.assert(
      fc.property(histories, origins, fc.integer({ min: 0, max: 5000 }), (history, origin, noise) => {
        const after = origin + 1 - history.firstDay;
        const milliUnits = history.milliUnits.slice();
        const tickets = history.tickets.slice();
        milliUnits.fill(noise * 1000, after);
        tickets.fill(noise, after);
        const oil = SOURCE.oil.map((entry) =>
          entry.date > toIsoDate(origin) ? { ...entry, price: 1 + noise } : entry,
        );
        const changed = rowsOf({ ...history, milliUnits, tickets }, origin, { ...SOURCE, oil });
        expect(bitsOf(changed)).toEqual(bitsOf(rowsOf(history, origin)));
        const now = anchorsOf({ ...history, milliUnits, tickets }, origin, HORIZON);
        expect(now).toEqual(anchorsOf(history, origin, HORIZON));
      }),
      { numRuns: 60 },
    );
  });

  it('need neither the days after the origin nor those before the lookback', () => {
    fc.assert(
      fc.property(histories, origins, (history, origin) => {
        const last = origin + 1 - history.firstDay;
        const first = Math.max(0, last - LOOKBACK_DAYS);
        const reading: SeriesHistory = {
          firstDay: history.firstDay + first,
          milliUnits: history.milliUnits.slice(first, last),
          tickets: history.tickets.slice(first, last),
          onpromotion: history.onpromotion.slice(first),
          ...(history.closed && { closed: history.closed.slice(first) }),
        };
        expect(bitsOf(rowsOf(reading, origin))).toEqual(bitsOf(rowsOf(history, origin)));
      }),
      { numRuns: 60 },
    );
  });

  it('change at every horizon with the sales of the origin, so the test above can fail', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const origin = FIRST_DAY + HISTORY_DAYS - 1;
        const milliUnits = history.milliUnits.slice();
        const tickets = history.tickets.slice();
        milliUnits[HISTORY_DAYS - 1] = 7_654_321;
        tickets[HISTORY_DAYS - 1] = 1_777;
        const before = rowsOf(history, origin);
        const after = rowsOf({ ...history, milliUnits, tickets }, origin);
        for (let h = 1; h <= HORIZON; h++) expect(rowOf(after, h)).not.toEqual(rowOf(before, h));
      }),
      { numRuns: 20 },
    );
  });

  it('change at every horizon with a promotion planned for the target day', () => {
    fc.assert(
      fc.property(histories, origins, (history, origin) => {
        const before = rowsOf(history, origin);
        for (let h = 1; h <= HORIZON; h++) {
          const onpromotion = history.onpromotion.slice();
          const target = origin + h - history.firstDay;
          onpromotion[target] = (onpromotion[target] ?? 0) > 0 ? 0 : 12;
          const changed = columnsThatDiffer(before, rowsOf({ ...history, onpromotion }, origin), h);
          expect(changed).toContain('promotion');
          expect(changed).toContain('promotion_items');
        }
      }),
      { numRuns: 20 },
    );
  });

  it('mark the days next to a closed one', () => {
    fc.assert(
      fc.property(histories, origins, fc.integer({ min: 1, max: HORIZON }), (history, origin, h) => {
        const open = new Uint8Array(history.onpromotion.length);
        const closed = open.slice();
        closed[origin + h - history.firstDay] = 1;
        const before = rowsOf({ ...history, closed: open }, origin);
        const after = rowsOf({ ...history, closed }, origin);
        for (let day = 1; day <= HORIZON; day++) {
          const expected =
            day === h + 1 ? ['closed_days_before'] : day === h - 1 ? ['closed_days_after'] : [];
          expect(columnsThatDiffer(before, after, day)).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have the same bits built one by one, sixteen at once, or as a sample', () => {
    fc.assert(
      fc.property(histories, origins, (history, origin) => {
        const covariates = createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES);
        const atOnce = new Float32Array(HORIZON * FEATURE_COUNT);
        buildFeatureRows(history, covariates, origin, atOnce);
        const oneByOne = new Float32Array(HORIZON * FEATURE_COUNT);
        for (let h = HORIZON; h >= 1; h--)
          buildFeatureRow(history, covariates, origin, h, oneByOne, (h - 1) * FEATURE_COUNT);
        expect(bitsOf(oneByOne)).toEqual(bitsOf(atOnce));
        const sample = new Float32Array(2 * FEATURE_COUNT);
        const sampled = createAnchorColumns(2);
        createFeatureBuilder().build(
          history,
          covariates,
          origin,
          Uint8Array.of(5, 16, 1),
          { rows: sample, anchors: sampled },
          2,
        );
        expect(bitsOf(sample.subarray(0, FEATURE_COUNT).slice())).toEqual(bitsOf(rowOf(atOnce, 5)));
        const whole = anchorsOf(history, origin, HORIZON);
        expect([...sampled.values]).toEqual([whole.values[4], whole.values[15]]);
        expect([...sampled.weeks]).toEqual([whole.weeks[4], whole.weeks[15]]);
        expect(bitsOf(sample.subarray(FEATURE_COUNT).slice())).toEqual(bitsOf(rowOf(atOnce, 16)));
      }),
      { numRuns: 40 },
    );
  });

  it('refuse horizons, days and buffers that do not fit', () => {
    const [history] = fc.sample(histories, 1);
    if (!history) throw new Error('no sample');
    const origin = FIRST_DAY + 400;
    const covariates = createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES);
    const out = new Float32Array(HORIZON * FEATURE_COUNT);
    expect(() => buildFeatureRow(history, covariates, origin, 0, out)).toThrow(RangeError);
    expect(() => buildFeatureRow(history, covariates, origin, 17, out)).toThrow(RangeError);
    expect(() => buildFeatureRow(history, covariates, origin + 1, 16, out)).toThrow(/outside the covariates/);
    expect(() => buildFeatureRows(history, covariates, origin, out, 1)).toThrow(/out has/);
  });

  it('write nothing for an empty list of horizons', () => {
    const history = fc.sample(histories, 1)[0] as SeriesHistory;
    const origin = FIRST_DAY + 100;
    const covariates = createCovariates(SOURCE, origin, origin + HORIZON, CATEGORIES).of(SERIES);
    const rows = new Float32Array(FEATURE_COUNT).fill(7);
    createFeatureBuilder().build(history, covariates, origin, [], { rows, anchors: createAnchorColumns(0) });
    expect(rows.every((value) => value === 7)).toBe(true);
  });
});

function rowOf(rows: Float32Array, h: number): Float32Array {
  return rows.slice((h - 1) * FEATURE_COUNT, h * FEATURE_COUNT);
}

function columnsThatDiffer(before: Float32Array, after: Float32Array, h: number): readonly string[] {
  const a = bitsOf(rowOf(before, h));
  const b = bitsOf(rowOf(after, h));
  return FEATURE_NAMES.filter((_, i) => a[i] !== b[i]);
}
