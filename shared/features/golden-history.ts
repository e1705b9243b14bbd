import { isoWeekday, toIsoDate } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import type { CovariateSource } from './covariates.ts';
import type { SeriesHistory } from './series-history.ts';

/**
 * A small history that reaches every branch of the features: closed days with and without tickets, long closures, half days, unknown
 * days and weeks, stock-outs, launches, outliers, promotions, slow sellers, stores that count no tickets, series of a few days,
 * holidays of every kind, gaps in the oil price. Whole numbers by arithmetic that is exact in every engine. The
 * fingerprint of the features is computed from it.
 *
 * @module
 */

const FIRST_DAY = 16_000;
const DAYS = 520;
/** Days after the last origin whose promotions and closures are known. */
const PLANNED = 20;
/** Long closures after the last origin: from, until. The second goes on after the last day that is looked at. */
const AHEAD = [
  [DAYS + 3, DAYS + 12],
  [DAYS + 15, DAYS + PLANNED],
] as const;

/** Even, and without a visible pattern: the high bits of a multiplicative sequence (Knuth, TAOCP 3, 6.4). */
function draw(seed: number, day: number, below: number): number {
  const mixed = Math.imul(Math.imul(seed * 0x10001 + day, 0x9e3779b1) ^ 0x5bd1e995, 0x85ebca6b) >>> 0;
  return Math.floor((mixed / 2 ** 32) * below);
}

interface Shape {
  readonly seed: number;
  /** Units on a usual day. */
  readonly level: number;
  /** Whether units have decimals. */
  readonly fractions?: boolean;
  readonly tickets?: boolean;
  /** The first known day. */
  readonly from?: number;
  /** Unknown days: from, until. */
  readonly gaps?: readonly (readonly [number, number])[];
  /** Days without a sale: from, until. */
  readonly stockOuts?: readonly (readonly [number, number])[];
}

function historyOf({
  seed,
  level,
  fractions,
  tickets,
  from = 0,
  gaps = [],
  stockOuts = [],
}: Shape): SeriesHistory {
  const milliUnits = new Int32Array(DAYS + PLANNED).fill(MISSING);
  const ticketColumn = new Int32Array(DAYS + PLANNED).fill(MISSING);
  const onpromotion = new Uint16Array(DAYS + PLANNED);
  const closed = new Uint8Array(DAYS + PLANNED);
  for (let day = 0; day < DAYS + PLANNED; day++) {
    const weekday = isoWeekday(FIRST_DAY + day);
    if (draw(seed + 1, day, 5) === 0) onpromotion[day] = 1 + draw(seed + 2, day, 30);
    if (draw(seed + 3, day, 40) === 0 || AHEAD.some(([first, end]) => day >= first && day < end))
      closed[day] = 1;
    if (day >= DAYS) continue;
    const busy = weekday >= 6 ? 2 : 1;
    if (tickets)
      ticketColumn[day] = draw(seed + 4, day, 60) === 0 ? 0 : 300 * busy + draw(seed + 5, day, 200);
    if (tickets && draw(seed + 6, day, 50) === 0) ticketColumn[day] = 20;
    if (day < from || gaps.some(([first, end]) => day >= first && day < end)) continue;
    if (draw(seed + 7, day, 25) === 0) continue;
    let units = level * busy + draw(seed + 8, day, level + 1);
    if (draw(seed + 9, day, 30) === 0) units *= 20;
    if (draw(seed + 10, day, 12) === 0) units = 0;
    if (closed[day] === 1 || ticketColumn[day] === 0) units = 0;
    milliUnits[day] = units * 1000 + (fractions ? draw(seed + 11, day, 1000) : 0);
    if (stockOuts.some(([first, end]) => day >= first && day < end)) milliUnits[day] = 0;
  }
  return { firstDay: FIRST_DAY, milliUnits, onpromotion, tickets: ticketColumn, closed };
}

const STORES: CovariateSource['stores'] = [
  { store_nbr: '1', city: 'Norte', state: 'Alta', type: 'A', cluster: 3 },
  { store_nbr: '2', city: 'Sur', state: 'Baja', type: 'B', cluster: 1 },
];

export const GOLDEN_FAMILIES: readonly string[] = ['BREAD', 'DAIRY', 'TOOLS'];

/** The series, each with its store and family; the last has a family that no category knows. */
export const GOLDEN_SERIES: readonly {
  readonly storeNbr: string;
  readonly family: string;
  readonly history: SeriesHistory;
}[] = [
  { storeNbr: '1', family: 'BREAD', history: historyOf({ seed: 11, level: 60, tickets: true }) },
  {
    storeNbr: '1',
    family: 'DAIRY',
    history: historyOf({ seed: 23, level: 9, fractions: true, tickets: true, gaps: [[440, 470]] }),
  },
  { storeNbr: '2', family: 'TOOLS', history: historyOf({ seed: 37, level: 1, gaps: [[70, 110]] }) },
  { storeNbr: '2', family: 'DAIRY', history: historyOf({ seed: 41, level: 20, from: 490 }) },
  // Before the window, within it, and going on.
  {
    storeNbr: '2',
    family: 'BREAD',
    history: historyOf({
      ...{ seed: 61, level: 30 },
      stockOuts: [
        [95, 108],
        [225, 385],
        [480, 492],
        [515, 520],
      ],
    }),
  },
  // Listed for years, first sold ten days before the last origin.
  { storeNbr: '1', family: 'TOOLS', history: historyOf({ seed: 67, level: 25, stockOuts: [[0, 510]] }) },
  // A season that began six days before it.
  { storeNbr: '2', family: 'SEASONAL', history: historyOf({ seed: 71, level: 15, stockOuts: [[200, 514]] }) },
  { storeNbr: '2', family: 'UNKNOWN', history: historyOf({ seed: 53, level: 5, from: DAYS }) },
];

/** Last known days: late, within a gap, with less than a year of history, and early. */
export const GOLDEN_ORIGINS: readonly number[] = [519, 505, 468, 395, 118, 30].map((day) => FIRST_DAY + day);

const date = (day: number) => toIsoDate(FIRST_DAY + day);
const holiday = (
  day: number,
  type: CovariateSource['holidays'][number]['type'],
  locale: CovariateSource['holidays'][number]['locale'],
  localeName: string,
  transferred = false,
): CovariateSource['holidays'][number] => ({
  date: date(day),
  type,
  locale,
  locale_name: localeName,
  description: `${type} ${day}`,
  transferred,
});

export const GOLDEN_SOURCE: CovariateSource = {
  shift_days: 371,
  stores: STORES,
  holidays: [
    holiday(35, 'Holiday', 'National', 'Country'),
    holiday(125, 'Holiday', 'National', 'Country', true),
    holiday(128, 'Transfer', 'National', 'Country'),
    holiday(400, 'Holiday', 'Regional', 'Alta'),
    holiday(402, 'Bridge', 'National', 'Country'),
    holiday(404, 'Work Day', 'National', 'Country'),
    holiday(473, 'Additional', 'National', 'Country'),
    holiday(475, 'Event', 'National', 'Country'),
    holiday(510, 'Holiday', 'Local', 'Sur'),
    holiday(512, 'Holiday', 'Local', 'Norte'),
    holiday(524, 'Holiday', 'National', 'Country'),
  ],
  oil: Array.from({ length: DAYS }, (_, day) => day)
    .filter((day) => day > 40 && isoWeekday(FIRST_DAY + day) < 6 && draw(97, day, 9) > 0)
    .map((day) => ({ date: date(day), price: 40 + draw(89, day, 2000) / 64 })),
};
