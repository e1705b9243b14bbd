import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import {
  type Categories,
  createCategories,
  MIN_KNOWN_DAYS,
  staticValue,
} from '../../../../shared/features/index.ts';
import type { Store } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../data/dataset.ts';

/** Sales on known days, in log space. */
interface KnownDays {
  readonly days: number;
  /** Of log1p(units). */
  readonly sum: number;
  /** The same, each day times its number: distinguishes equal sales at different times. */
  readonly sumByDay: number;
}

/** A series by the values that it is ordered by. */
interface Member {
  readonly store: Store;
  readonly family: string;
  readonly known: KnownDays;
}

/** Sweeps over stores and families; with balanced data the first one is exact. */
const LEVEL_SWEEPS = 20;

/**
 * The categories of a dataset in the order of their sales on a known day. Trees split codes by their order: so
 * similar sellers stay together, the name of a store or family changes no forecast, and a store of a few days does
 * not reorder families: series with fewer than `MIN_KNOWN_DAYS` known days train no trees, and count only where a
 * value has no other series.
 *
 * Sales are compared at like stores: a family that only large stores carry is not taken for one that sells well, and
 * stands beside the families that sell like it there.
 *
 * @param through last day that counts; a value without known sales by then is placed by its later days
 */
export function categoriesByLevel({ stores, families, panel }: Dataset, through: DayNumber): Categories {
  const { series, dayCount, milliUnits, firstDay } = panel;
  const storeOf = new Map(stores.map((store) => [store.store_nbr, store]));
  const end = through + 1 - firstDay;
  const members = series.flatMap(({ storeNbr, family }, s) => {
    const own = milliUnits.subarray(s * dayCount, (s + 1) * dayCount);
    const known = knownDaysOf(own.subarray(0, end)) ?? knownDaysOf(own.subarray(end));
    const store = storeOf.get(storeNbr);
    return known === null || !store ? [] : [{ store, family, known }];
  });
  const storeLevels = storeLevelsOf(members.filter(({ known }) => known.days >= MIN_KNOWN_DAYS));
  const inOrder = (column: string, values: readonly string[]): string[] => {
    const sold = new Map<string, KnownDays[]>(values.map((value) => [value, []]));
    for (const { store, family, known } of members) {
      const { sum, days } = known;
      const level = column === 'family' ? (storeLevels.get(store.store_nbr) ?? 0) : 0;
      sold.get(staticValue(store, family, column))?.push({ ...known, sum: sum - level * days });
    }
    const ranked = [...sold].map(([value, all]) => {
      const established = all.filter(({ days }) => days >= MIN_KNOWN_DAYS);
      const own = established.length > 0 ? established : all;
      const days = Math.max(
        1,
        own.reduce((total, known) => total + known.days, 0),
      );
      return {
        value,
        level: sumBySize(own.map(({ sum }) => sum)) / days,
        time: sumBySize(own.map(({ sumByDay }) => sumByDay)) / days,
      };
    });
    return ranked.sort((a, b) => a.level - b.level || a.time - b.time).map(({ value }) => value);
  };
  return Object.fromEntries(
    Object.entries(createCategories(stores, families)).map(([column, values]) => [
      column,
      inOrder(column, values),
    ]),
  );
}

/**
 * What a store sells of a family beyond what stores sell of it on average, in log space: the store's part of an
 * additive model of stores and families, by alternating least squares.
 */
function storeLevelsOf(members: readonly Member[]): ReadonlyMap<string, number> {
  const storeOf = ({ store }: Member) => store.store_nbr;
  const familyOf = ({ family }: Member) => family;
  const meansBy = (
    keyOf: (member: Member) => string,
    others: ReadonlyMap<string, number>,
    otherOf: (member: Member) => string,
  ) =>
    new Map(
      [...Map.groupBy(members, keyOf)].map(([key, own]) => [
        key,
        sumBySize(
          own.map((member) => member.known.sum - member.known.days * (others.get(otherOf(member)) ?? 0)),
        ) / own.reduce((total, { known }) => total + known.days, 0),
      ]),
    );
  let levels: ReadonlyMap<string, number> = new Map();
  for (let sweep = 0; sweep < LEVEL_SWEEPS; sweep++) {
    levels = meansBy(storeOf, meansBy(familyOf, levels, storeOf), familyOf);
  }
  return levels;
}

/** Adds in order of size, so that the sum does not depend on the order of the series. */
function sumBySize(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b).reduce((total, value) => total + value, 0);
}

/** Null where no day is known. */
function knownDaysOf(milliUnits: Int32Array): KnownDays | null {
  let days = 0;
  let sum = 0;
  let sumByDay = 0;
  milliUnits.forEach((value, day) => {
    if (value < 0) return;
    const log = Math.log1p(value / 1000);
    days++;
    sum += log;
    sumByDay += log * day;
  });
  return days === 0 ? null : { days, sum, sumByDay };
}
