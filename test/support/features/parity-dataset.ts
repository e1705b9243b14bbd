import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type CovariateSource, FEATURE_COUNT, type SeriesHistory } from '../../../shared/features/index.ts';

const FIRST_DAY = toDayNumber('2024-01-01');
const DAYS = 700;
const PLANNED_DAYS = DAYS + 17;

/** Last closed days for which both paths build their rows. */
export const PARITY_ORIGINS = [FIRST_DAY + 640, FIRST_DAY + DAYS - 1] as const;

const random = numbers(20260101);

/** A history with zeros, closures, unknown days, promotions and a plan, longer than the feature store keeps. */
function createHistory(): SeriesHistory {
  const milliUnits = new Int32Array(DAYS);
  const tickets = new Int32Array(DAYS);
  const onpromotion = new Uint16Array(PLANNED_DAYS);
  for (let day = 0; day < PLANNED_DAYS; day++) onpromotion[day] = random() < 0.2 ? 1 + random() * 40 : 0;
  for (let day = 0; day < DAYS; day++) {
    const isClosed = random() < 0.02;
    milliUnits[day] = isClosed || random() < 0.1 ? 0 : random() * 800_000;
    if (random() < 0.01) milliUnits[day] = -1;
    tickets[day] = isClosed ? -1 : 800 + random() * 900;
  }
  const closed = Uint8Array.from({ length: PLANNED_DAYS }, (_, day) => Number(day % 5 === 3));
  return { firstDay: FIRST_DAY, milliUnits, onpromotion, tickets, closed };
}

const catalog: CovariateSource & { readonly families: readonly string[] } = {
  shift_days: 3 * 364,
  families: ['BEVERAGES', 'DAIRY', 'GROCERY I'],
  stores: [
    { store_nbr: '3', city: 'Quito', state: 'Pichincha', type: 'D', cluster: 8 },
    { store_nbr: '12', city: 'Latacunga', state: 'Cotopaxi', type: 'C', cluster: 15 },
  ],
  holidays: [
    {
      date: toIsoDate(FIRST_DAY + 650),
      type: 'Holiday',
      locale: 'National',
      locale_name: 'Ecuador',
      description: 'a national day',
      transferred: false,
    },
    {
      date: toIsoDate(FIRST_DAY + 705),
      type: 'Holiday',
      locale: 'Regional',
      locale_name: 'Cotopaxi',
      description: 'a regional day',
      transferred: false,
    },
  ],
  oil: Array.from({ length: 620 }, (_, i) => ({
    date: toIsoDate(FIRST_DAY + i + Math.floor(i / 8)),
    price: 40 + Math.round(random() * 2000) / 100,
  })),
};

export const PARITY_DATASET = {
  catalog,
  history: createHistory(),
  series: { storeNbr: '12', family: 'DAIRY' },
} as const;

/** Each row's bits in hexadecimal; every unknown value is written as the same NaN. */
export function rowBits(rows: Float32Array): readonly string[] {
  const bits = new Uint32Array(rows.buffer, rows.byteOffset, rows.length);
  const hex = Array.from(bits, (bit, i) =>
    Number.isNaN(rows[i]) ? 'nan' : bit.toString(16).padStart(8, '0'),
  );
  return Array.from({ length: rows.length / FEATURE_COUNT }, (_, row) =>
    hex.slice(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT).join(' '),
  );
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
