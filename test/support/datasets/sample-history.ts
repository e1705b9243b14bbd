import fc from 'fast-check';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import {
  type CovariateSource,
  createCategories,
  type SeriesHistory,
} from '../../../shared/features/index.ts';
import type { Holiday } from '../../../shared/schemas/catalog.ts';

export const FIRST_DATE = '2015-01-01';
export const FIRST_DAY = toDayNumber(FIRST_DATE);
export const HISTORY_DAYS = 560;
const PLANNED_DAYS = HISTORY_DAYS + 20;

export const STORES: CovariateSource['stores'] = [
  { store_nbr: '3', city: 'Quito', state: 'Pichincha', type: 'D', cluster: 8 },
  { store_nbr: '12', city: 'Latacunga', state: 'Cotopaxi', type: 'C', cluster: 15 },
];
export const SERIES = { storeNbr: '12', family: 'DAIRY' };
export const CATEGORIES = createCategories(STORES, ['BEVERAGES', 'DAIRY']);

export function holiday(date: string, fields: Partial<Holiday> = {}): Holiday {
  return {
    date,
    type: 'Holiday',
    locale: 'National',
    locale_name: 'Ecuador',
    description: 'a day',
    transferred: false,
    ...fields,
  };
}

export const SOURCE: CovariateSource = {
  shift_days: 0,
  stores: STORES,
  holidays: [
    holiday('2016-05-24', { transferred: true }),
    holiday('2016-05-27', { type: 'Transfer' }),
    holiday('2016-04-01', { locale: 'Regional', locale_name: 'Cotopaxi' }),
    holiday('2016-05-12', { locale: 'Local', locale_name: 'Quito' }),
    holiday('2016-05-08', { type: 'Event' }),
    holiday('2016-03-25'),
  ],
  oil: Array.from({ length: 500 }, (_, i) => ({
    date: toIsoDate(FIRST_DAY - 10 + i + Math.floor(i / 5) * 2),
    price: 40 + ((i * 37) % 23) / 3,
  })),
};

/** Histories with zeros, unknown days, closures and promotions. */
export const histories: fc.Arbitrary<SeriesHistory> = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    zeroShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
    level: fc.integer({ min: 1, max: 2_000_000 }),
    missingBefore: fc.integer({ min: 0, max: 540 }),
    hasTickets: fc.boolean(),
  })
  .map(({ seed, zeroShare, level, missingBefore, hasTickets }) => {
    const random = sequence(seed);
    const milliUnits = new Int32Array(HISTORY_DAYS).fill(-1);
    const tickets = new Int32Array(HISTORY_DAYS).fill(-1);
    const onpromotion = new Uint16Array(PLANNED_DAYS);
    for (let day = 0; day < PLANNED_DAYS; day++)
      onpromotion[day] = random() < 0.25 ? 1 + Math.floor(random() * 30) : 0;
    for (let day = missingBefore; day < HISTORY_DAYS; day++) {
      const isClosed = random() < 0.03;
      milliUnits[day] = isClosed || random() < zeroShare ? 0 : Math.floor(random() * level);
      if (random() < 0.01) milliUnits[day] = -1;
      if (hasTickets && !isClosed)
        tickets[day] = Math.floor((random() < 0.02 ? 0.1 : 1) * (500 + random() * 2000));
    }
    const closed = new Uint8Array(PLANNED_DAYS);
    for (let day = 0; day < PLANNED_DAYS; day++) {
      if (random() < 0.06) closed.fill(1, day, day + 1 + Math.floor(12 * random() ** 3));
    }
    return { firstDay: FIRST_DAY, milliUnits, onpromotion, tickets, closed };
  });

/** A small generator of numbers in [0, 1), so that a failing case is reproduced by its seed. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

/** The bits of a row; every unknown value counts as the same NaN. */
export function bitsOf(row: Float32Array): readonly number[] {
  const canonical = row.map((value) => (Number.isNaN(value) ? Number.NaN : value));
  const bits = new Uint32Array(canonical.buffer);
  return Array.from(bits, (bit, i) => (Number.isNaN(canonical[i]) ? 0x7fc00000 : bit));
}
