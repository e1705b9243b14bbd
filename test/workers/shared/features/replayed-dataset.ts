import { toDayNumber } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset } from '../../../../workers/trainer/data/dataset.ts';

/** Days at the end of the dataset that arrive live. */
export const LIVE_DAYS = 20;
const DAYS = 480;
const PLANNED_DAYS = DAYS + 17;
const FAMILIES = ['BREAD/BAKERY', 'DAIRY'];
/** Live days: one on which store 3 is closed, and one of which nothing is known of store 12. */
const CLOSED = DAYS - 9;
const UNKNOWN = DAYS - 4;

const stores = [
  { store_nbr: '3', city: 'Quito', state: 'Pichincha', type: 'D', cluster: 8 },
  { store_nbr: '12', city: 'Latacunga', state: 'Cotopaxi', type: 'C', cluster: 15 },
];
const series = stores.flatMap(({ store_nbr }) => FAMILIES.map((family) => ({ storeNbr: store_nbr, family })));
const firstDay = toDayNumber('2025-01-06');

/**
 * Two stores with two families: zeros, broken units, promotions, a closed and an unknown day, a plan beyond the end.
 * Tickets are counted in store 3 only: without them an unknown day cannot be distinguished from a closed one.
 */
export function createReplayedDataset(): Dataset {
  const random = numbers(20260420);
  const milliUnits = new Int32Array(series.length * DAYS);
  const onpromotion = new Uint16Array(series.length * PLANNED_DAYS);
  const tickets = new Int32Array(stores.length * DAYS).fill(MISSING);
  series.forEach(({ family }, s) => {
    for (let day = 0; day < PLANNED_DAYS; day++) {
      onpromotion[s * PLANNED_DAYS + day] = random() < 0.3 ? 1 + random() * 40 : 0;
    }
    const step = family === 'DAIRY' ? 1000 : 1;
    for (let day = 0; day < DAYS; day++) {
      milliUnits[s * DAYS + day] = random() < 0.15 ? 0 : Math.floor((random() * 400_000) / step) * step;
    }
  });
  for (let day = 0; day < DAYS; day++) tickets[day] = day === CLOSED ? MISSING : 500 + random() * 900;
  for (const s of [0, 1]) milliUnits[s * DAYS + CLOSED] = 0;
  for (const s of [2, 3]) {
    milliUnits[s * DAYS + UNKNOWN] = MISSING;
    onpromotion[s * PLANNED_DAYS + UNKNOWN] = 0;
  }
  return {
    name: 'replayed',
    stores,
    families: FAMILIES,
    holidays: [],
    oil: [],
    shiftDays: 364,
    panel: {
      firstDay,
      dayCount: DAYS,
      series,
      milliUnits,
      plannedDayCount: PLANNED_DAYS,
      onpromotion,
      tickets,
    },
  };
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
