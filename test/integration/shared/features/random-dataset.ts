import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset } from '../../../../workers/trainer/data/dataset.ts';
import { holiday, sequence } from '../../../support/datasets/sample-history.ts';

export const FIRST_DAY = toDayNumber('2024-01-01');
export const DAYS = 620;
/** Dates are those of a source that many days earlier. */
const SHIFT_DAYS = 9 * 364;
const PLANNED_DAYS = DAYS + 20;

const STORES = [
  { store_nbr: '3', city: 'Quito', state: 'Pichincha', type: 'D', cluster: 8 },
  { store_nbr: '12', city: 'Latacunga', state: 'Cotopaxi', type: 'C', cluster: 15 },
  { store_nbr: '21', city: 'Ambato', state: 'Tungurahua', type: 'D', cluster: 2 },
];
const FAMILIES = ['BEVERAGES', 'BREAD/BAKERY', 'DAIRY', 'LAWN AND GARDEN'];
/** The day from the first on which some series that have had zeros are first sold. */
export const LAUNCH_DAY = 430;
const LAUNCHED = [2, 8, 10];
/** Units a day of a family, in the order of `FAMILIES`: steady, middling, and mostly zero. */
const LEVELS = [900, 120, 40, 0.8];

/**
 * A random dataset with everything that makes features hard: days without a row, stock-outs of two and of twenty-five
 * weeks, launches, closures of one to ten days with and without tickets, truncated days, a store without any tickets, series that begin late,
 * promotions on a quarter of the days, planned ones after the last day, dates moved in time and a 29 February among the
 * targets' sources.
 */
export function createRandomDataset(seed: number): Dataset {
  const random = sequence(seed);
  const series = STORES.flatMap(({ store_nbr }) =>
    FAMILIES.map((family) => ({ storeNbr: store_nbr, family })),
  );
  const milliUnits = new Int32Array(series.length * DAYS).fill(MISSING);
  const onpromotion = new Uint16Array(series.length * PLANNED_DAYS);
  const tickets = new Int32Array(STORES.length * DAYS).fill(MISSING);
  STORES.forEach((_, store) => {
    const closed = drawClosures(random);
    for (let d = 0; d < DAYS; d++) {
      const isShort = random() < 0.02;
      if (store < 2 && closed[d] === 0) {
        tickets[store * DAYS + d] = Math.floor((isShort ? 0.15 : 1) * (600 + 900 * random()));
      }
      // Some closed days have a row with zero tickets, some have no row.
      if (store < 2 && closed[d] === 1 && random() < 0.5) tickets[store * DAYS + d] = 0;
      FAMILIES.forEach((__, family) => {
        const s = store * FAMILIES.length + family;
        const begins = s % 5 === 4 ? 300 : 0;
        if (d < begins || random() < 0.015) return;
        const level = LEVELS[family] ?? 1;
        const isQuiet =
          closed[d] === 1 ||
          random() < (level < 1 ? 0.7 : 0.02) ||
          (LAUNCHED.includes(s) && d < LAUNCH_DAY) ||
          (s === 6 && d % 90 < 15) ||
          (s === 5 && d % 230 < 175);
        const units = level * (0.4 + 1.2 * random()) * (isShort ? 0.1 : 1) * (random() < 0.02 ? 8 : 1);
        milliUnits[s * DAYS + d] = isQuiet ? 0 : Math.floor(1000 * units);
      });
    }
  });
  for (let i = 0; i < onpromotion.length; i++)
    onpromotion[i] = random() < 0.25 ? 1 + Math.floor(40 * random()) : 0;
  return {
    name: 'random',
    stores: STORES,
    families: FAMILIES,
    holidays: HOLIDAYS,
    oil: Array.from({ length: 400 }, (_, i) => i)
      .filter((i) => i % 7 < 5 && i % 31 !== 4)
      .map((i) => ({ date: toIsoDate(FIRST_DAY + 30 + i), price: 40 + ((i * 37) % 23) / 3 })),
    shiftDays: SHIFT_DAYS,
    panel: {
      firstDay: FIRST_DAY,
      dayCount: DAYS,
      series,
      milliUnits,
      plannedDayCount: PLANNED_DAYS,
      onpromotion,
      tickets,
    },
  };
}

function drawClosures(random: () => number): Uint8Array {
  const closed = new Uint8Array(DAYS);
  for (let d = 0; d < DAYS; d++) {
    if (random() < 0.015) closed.fill(1, d, Math.min(DAYS, d + 1 + Math.floor(10 * random() ** 2)));
  }
  return closed;
}

/** A holiday on the n-th day of the dataset. */
const onDay = (n: number, fields: Parameters<typeof holiday>[1] = {}) =>
  holiday(toIsoDate(FIRST_DAY + n), fields);

const HOLIDAYS = [
  onDay(100),
  onDay(170, { transferred: true }),
  onDay(173, { type: 'Transfer' }),
  onDay(174, { type: 'Bridge' }),
  onDay(260, { locale: 'Regional', locale_name: 'Cotopaxi' }),
  onDay(261, { locale: 'Regional', locale_name: 'Pichincha', transferred: true }),
  onDay(300, { locale: 'Local', locale_name: 'Quito' }),
  onDay(301, { locale: 'Local', locale_name: 'Ambato', type: 'Additional' }),
  onDay(303, { locale: 'Local', locale_name: 'Latacunga' }),
  onDay(304, { locale: 'Local', locale_name: 'Ambato' }),
  onDay(302, { type: 'Event' }),
  onDay(330, { type: 'Work Day' }),
  onDay(420),
  onDay(421, { type: 'Additional' }),
  onDay(421, { type: 'Event' }),
  onDay(560),
];
