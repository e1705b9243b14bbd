import fc from 'fast-check';
import type { DaySheet } from '../../../../shared/schemas/day-sheet.ts';

/** A small sheet: `stores` stores with `families` families each, amounts by place, whole and broken units. */
export function invented(stores: number, families: number, date = '2026-01-05'): DaySheet {
  const series: string[] = [];
  for (let store = 1; store <= stores; store++) {
    for (let family = 0; family < families; family++) series.push(`${store}:FAMILY ${family}`);
  }
  const curve = Array.from({ length: 24 }, (_, hour) => (hour < 8 || hour > 21 ? 0 : 1 + (hour % 5)));
  const numbers = Array.from({ length: stores }, (_, store) => String(store + 1));
  return {
    date,
    series,
    milli_units: series.map((_, s) => ((s * 7919) % 40) * 1000 + (s % 3 === 0 ? 357 : 0)),
    onpromotion: series.map((_, s) => s % 4),
    tickets: Object.fromEntries(numbers.map((number) => [number, 100 * Number(number)])),
    curves: Object.fromEntries(numbers.map((number) => [number, curve])),
  };
}

const weights = fc.array(fc.nat(50), { minLength: 24, maxLength: 24 });

/** Any sheet that the schema allows, from no series to 24; some stores without a curve, some with an all-zero one. */
export const anySheet: fc.Arbitrary<DaySheet> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('DAIRY', 'EGGS', 'A: B', 'ñ "x"')), {
    selector: ([store, family]) => `${store}:${family}`,
    maxLength: 24,
  })
  .chain((series) =>
    fc.record({
      date: fc.constant('2026-01-05'),
      series: fc.constant(series.map(([store, family]) => `${store}:${family}`)),
      milli_units: column(
        series.length,
        fc.oneof(
          fc.nat(9_000_000),
          fc.nat(300).map((units) => units * 1000),
          fc.constant(0),
          fc.nat(5e9),
        ),
      ),
      onpromotion: column(series.length, fc.nat(65_535)),
      tickets: fc.dictionary(fc.integer({ min: 1, max: 6 }).map(String), fc.nat(3000)),
      curves: fc.dictionary(fc.integer({ min: 1, max: 6 }).map(String), weights),
    }),
  );

function column(length: number, value: fc.Arbitrary<number>): fc.Arbitrary<number[]> {
  return fc.array(value, { minLength: length, maxLength: length });
}
