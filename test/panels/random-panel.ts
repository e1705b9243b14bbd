import { isoWeekday, toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import type { Holiday, Store } from '../../shared/schemas/catalog.ts';
import type { Random } from '../../workers/trainer/data/synthetic/random.ts';

/** Days after the last one that plans reach. */
export const PLAN_DAYS = 17;

/** One series of a panel that is still being drawn. */
export interface DrawnSeries {
  readonly storeNbr: string;
  family: string;
  /** Units by day; null where the file will have no row. */
  readonly units: (number | null)[];
  /** Items on promotion by day, `PLAN_DAYS` past the last. */
  readonly promoted: number[];
}

/** A retailer as represented by its files. */
export interface DrawnPanel {
  readonly firstDay: number;
  readonly dayCount: number;
  readonly stores: readonly Store[];
  readonly series: DrawnSeries[];
  readonly holidays: readonly Holiday[];
  /** Receipts by store and day; null where the retailer does not count them. */
  readonly tickets: readonly number[][] | null;
  readonly hasPlan: boolean;
  readonly hasStoresFile: boolean;
}

export interface PanelSize {
  readonly minStores?: number;
  readonly maxStores: number;
  readonly minFamilies?: number;
  readonly maxFamilies: number;
  readonly minDays: number;
  readonly maxDays: number;
}

/** Sizes of the long proof. */
export const LARGE: PanelSize = { maxStores: 8, maxFamilies: 12, minDays: 60, maxDays: 900 };
/** Sizes that are fitted within a second. */
export const SMALL: PanelSize = { maxStores: 3, maxFamilies: 3, minDays: 60, maxDays: 150 };

const CITIES = ['Quito', 'Manta', 'Cuenca', 'Loja'];
const KINDS = [
  'DAIRY',
  'BREAD',
  'BEER',
  'BOOKS',
  'TOYS',
  'MEATS',
  'EGGS',
  'WINE',
  'TEA',
  'RICE',
  'SOAP',
  'TOOLS',
];
const LATEST = toDayNumber('2019-12-20');

/** The same seed and index always give the same retailer, before anything happens to it. */
export function drawPanel(random: Random, size: PanelSize): DrawnPanel {
  const stores = drawStores(random, between(random, size.minStores ?? 1, size.maxStores));
  const families = KINDS.slice(0, between(random, size.minFamilies ?? 1, size.maxFamilies));
  const dayCount = between(random, size.minDays, size.maxDays);
  const firstDay = LATEST - whole(random, 1200) - dayCount + 1;
  const holidays = drawHolidays(random, firstDay, dayCount);
  const holidayEffect = [0, 0.6, 1, 1.8][whole(random, 4)] ?? 1;
  const promotionShare = [0, 0.05, 0.2][whole(random, 3)] ?? 0;
  const world = {
    rhythm: Array.from({ length: 7 }, () => Math.exp(0.35 * random.normal())),
    season: 0.3 * random.uniform(),
    phase: 365 * random.uniform(),
    holidayDays: new Set(holidays.map(({ date }) => toDayNumber(date))),
    holidayEffect,
    promotionShare,
  };
  const typicalLevel = Math.exp(Math.log(0.5) + random.uniform() * Math.log(2000));
  const series = stores.flatMap(({ store_nbr }) => {
    const storeFactor = Math.exp(0.5 * random.normal());
    return families.map((family) => {
      const level = Math.min(20_000, typicalLevel * storeFactor * Math.exp(random.normal()));
      const drawn = drawSeries(random, level, firstDay, dayCount, world);
      return { storeNbr: store_nbr, family, ...drawn };
    });
  });
  return {
    ...{ firstDay, dayCount, stores, series, holidays },
    tickets: random.uniform() < 0.5 ? drawTickets(random, stores.length, firstDay, dayCount, world) : null,
    hasPlan: promotionShare > 0 && random.uniform() < 0.7,
    hasStoresFile: random.uniform() < 0.7,
  };
}

/** A whole number from 0 to `below` - 1. */
export function whole(random: Random, below: number): number {
  return Math.floor(random.uniform() * below);
}

function between(random: Random, least: number, greatest: number): number {
  return least + whole(random, greatest - least + 1);
}

interface World {
  readonly rhythm: readonly number[];
  readonly season: number;
  readonly phase: number;
  readonly holidayDays: ReadonlySet<number>;
  readonly holidayEffect: number;
  readonly promotionShare: number;
}

function drawSeries(random: Random, level: number, firstDay: number, dayCount: number, world: World) {
  const noise = 0.02 + 0.3 * random.uniform() ** 2;
  const growth = Math.exp(0.15 * random.normal());
  const lift = 1 + 0.8 * random.uniform();
  const units: number[] = [];
  const promoted: number[] = [];
  for (let d = 0; d < dayCount + PLAN_DAYS; d++) {
    const day = firstDay + d;
    promoted.push(random.uniform() < world.promotionShare ? 1 + whole(random, 20) : 0);
    if (d >= dayCount) continue;
    const season = Math.exp(world.season * Math.sin((2 * Math.PI * (day + world.phase)) / 365));
    const mean =
      level *
      (world.rhythm[isoWeekday(day) - 1] ?? 1) *
      season *
      growth ** (d / 365) *
      (world.holidayDays.has(day) ? world.holidayEffect : 1) *
      ((promoted[d] ?? 0) > 0 ? lift : 1);
    units.push(random.poisson(mean * random.gammaOfMeanOne(noise)));
  }
  return { units, promoted };
}

function drawStores(random: Random, count: number): Store[] {
  const first = 1 + whole(random, 50);
  return Array.from({ length: count }, (_, i) => ({
    store_nbr: String(first + 3 * i),
    city: CITIES[whole(random, CITIES.length)] ?? 'Quito',
    state: 'State',
    type: 'ABC'[whole(random, 3)] ?? 'A',
    cluster: 1 + whole(random, 4),
  }));
}

function drawHolidays(random: Random, firstDay: number, dayCount: number): Holiday[] {
  if (random.uniform() < 0.4) return [];
  const offsets = new Set(
    Array.from({ length: Math.ceil((dayCount + PLAN_DAYS) / 45) }, () => whole(random, dayCount + PLAN_DAYS)),
  );
  return [...offsets]
    .sort((a, b) => a - b)
    .map((offset) => ({
      date: toIsoDate(firstDay + offset),
      type: 'Holiday' as const,
      locale: 'National' as const,
      locale_name: 'Ecuador',
      description: 'a day off',
      transferred: false,
    }));
}

function drawTickets(random: Random, stores: number, firstDay: number, dayCount: number, world: World) {
  return Array.from({ length: stores }, () => {
    const level = 200 + whole(random, 2000);
    return Array.from({ length: dayCount }, (_, d) =>
      Math.max(
        1,
        Math.round(level * (world.rhythm[isoWeekday(firstDay + d) - 1] ?? 1) * random.gammaOfMeanOne(0.01)),
      ),
    );
  });
}
