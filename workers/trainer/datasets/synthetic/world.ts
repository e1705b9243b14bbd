import {
  type DayNumber,
  isoWeekday,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import type { Holiday } from '../../../../shared/schemas/catalog.ts';
import { createHolidays } from './ecuador-holidays.ts';
import type { FamilyProfile } from './family-profile.ts';
import { createOilWalk, type OilWalk } from './oil-walk.ts';
import { createOpening, isOpen, type StoreOpening } from './opening-hours.ts';
import { DECEMBER, DISASTER, DRIFT, holidayEffect, SCHOOL_SEASON } from './planted-effects.ts';
import { Random } from './random.ts';
import { paydayStrength, yearlyBump, yearlyWave } from './season.ts';
import type { Region, TwinStore } from './store-table.ts';

/** Days of promotions that are planned after the last day of sales (test.csv). */
export const PLANNED_DAYS = 16;
const REGIONS: readonly Region[] = ['coast', 'highlands'];

export interface WorldOptions {
  readonly firstDay: DayNumber;
  readonly dayCount: number;
  readonly stores: readonly TwinStore[];
  /** Sorted by name. */
  readonly families: readonly FamilyProfile[];
  readonly seed: number;
}

/**
 * Everything that is planted, as tables: the logarithm of a cell's mean without promotions is a sum of a few look-ups.
 */
export interface World extends WorldOptions {
  readonly holidays: readonly Holiday[];
  readonly oil: OilWalk;
  readonly openings: readonly StoreOpening[];
  /** First day of the disaster. */
  readonly disasterDay: DayNumber;
  /** Whether a store sells on a day, at `store * dayCount + day`. */
  readonly open: Uint8Array;
  /** First day index on which a series sells; `dayCount` for one that never does. At `store * families + family`. */
  readonly firstSale: Int32Array;
  /** ln of the mean units of a cell without promotions, were the store open. */
  logMean(store: number, family: number, day: number): number;
}

export function createWorld(options: WorldOptions): World {
  const { firstDay, dayCount, stores, families, seed } = options;
  const disasterDay = saturdayAfter(firstDay + Math.floor(DISASTER.after * dayCount));
  const holidays = [
    ...createHolidays(firstDay, firstDay + dayCount + PLANNED_DAYS),
    ...DISASTER.effects.map(
      (_, index): Holiday => ({
        date: toIsoDate(disasterDay + index),
        type: 'Event',
        locale: 'National',
        locale_name: 'Ecuador',
        description: index === 0 ? DISASTER.description : `${DISASTER.description}+${index}`,
        transferred: false,
      }),
    ),
  ].sort((left, right) => (left.date < right.date ? -1 : Number(left.date > right.date)));
  const oil = createOilWalk(firstDay, dayCount + PLANNED_DAYS, seed);
  const openings = stores.map((store) => createOpening(store, firstDay, dayCount, seed));

  const open = new Uint8Array(stores.length * dayCount);
  const holidayByStore = new Float64Array(stores.length * dayCount);
  const weekdayByStore = new Float64Array(stores.length * 7);
  stores.forEach((store, s) => {
    const opening = openings[s];
    if (!opening) return;
    for (let day = 0; day < dayCount; day += 1) {
      open[s * dayCount + day] = Number(isOpen(store, opening, firstDay + day));
    }
    for (const holiday of holidays) {
      const day = toDayNumber(holiday.date) - firstDay;
      if (day < 0 || day >= dayCount || !covers(holiday, store)) continue;
      holidayByStore[s * dayCount + day] = (holidayByStore[s * dayCount + day] ?? 0) + holidayEffect(holiday);
    }
    for (let weekday = 0; weekday < 7; weekday += 1) {
      weekdayByStore[s * 7 + weekday] = store.weekendTilt * (weekday >= 5 ? 1 : -0.4);
    }
  });

  const weekdayOf = Uint8Array.from({ length: dayCount }, (_, day) => isoWeekday(firstDay + day) - 1);
  const weekdayByFamily = new Float64Array(families.length * 7);
  families.forEach((family, f) => {
    const mean = family.weekday.reduce((sum, share) => sum + share, 0) / 7;
    family.weekday.forEach((share, weekday) => {
      weekdayByFamily[f * 7 + weekday] = Math.log(share / mean);
    });
  });
  const familyDay = createFamilyDays(options, oil, disasterDay);
  const regionOf = Uint8Array.from(stores, (store) => REGIONS.indexOf(store.region));

  const weeks = Math.ceil(dayCount / 7) + 1;
  const base = new Float64Array(stores.length * families.length);
  const firstSale = new Int32Array(base.length);
  const drift = new Float64Array(base.length * weeks);
  stores.forEach((store, s) => {
    families.forEach((family, f) => {
      const series = s * families.length + f;
      const random = new Random(seed, 'series', store.store_nbr, family.family);
      const carried = random.uniform() < family.carried;
      const taste = family.taste * random.normal() - family.taste ** 2 / 2;
      base[series] = Math.log(family.level) + family.sizeElasticity * Math.log(store.size) + taste;
      const launch = family.launch === null ? 0 : Math.max(0, toDayNumber(family.launch) - firstDay);
      firstSale[series] = carried ? Math.min(launch, dayCount) : dayCount;
      let level = DRIFT.deviation * random.normal();
      for (let week = 0; week < weeks; week += 1) {
        drift[series * weeks + week] = level;
        level =
          DRIFT.persistence * level +
          DRIFT.deviation * Math.sqrt(1 - DRIFT.persistence ** 2) * random.normal();
      }
    });
  });

  const logMean = (store: number, family: number, day: number): number => {
    const series = store * families.length + family;
    const weekday = weekdayOf[day] ?? 0;
    const profile = families[family];
    return (
      (base[series] ?? 0) +
      (weekdayByFamily[family * 7 + weekday] ?? 0) +
      (weekdayByStore[store * 7 + weekday] ?? 0) +
      (familyDay[((regionOf[store] ?? 0) * families.length + family) * dayCount + day] ?? 0) +
      (profile?.holiday ?? 0) * (holidayByStore[store * dayCount + day] ?? 0) +
      (drift[series * weeks + Math.floor(day / 7)] ?? 0)
    );
  };
  return { ...options, holidays, oil, openings, disasterDay, open, firstSale, logMean };
}

/** Season, growth, payday, oil and disaster, by region, family and day. */
function createFamilyDays(options: WorldOptions, oil: OilWalk, disasterDay: DayNumber): Float64Array {
  const { firstDay, dayCount, families } = options;
  const table = new Float64Array(REGIONS.length * families.length * dayCount);
  for (let index = 0; index < dayCount; index += 1) {
    const day = firstDay + index;
    const december = yearlyBump(day, DECEMBER);
    const payday = paydayStrength(day);
    const years = index / 365.25;
    const disaster = DISASTER.effects[day - disasterDay] ?? 0;
    REGIONS.forEach((region, r) => {
      const school = yearlyBump(day, SCHOOL_SEASON[region]);
      const shaken = disaster * (region === 'coast' ? 1 : DISASTER.highlands);
      families.forEach((family, f) => {
        table[(r * families.length + f) * dayCount + index] =
          family.growth * years +
          family.december * december +
          family.school * school +
          family.wave * yearlyWave(day, family.wavePeak) +
          family.payday * payday +
          family.oil * (oil.logLevel[index] ?? 0) +
          family.disaster * shaken;
      });
    });
  }
  return table;
}

function covers(holiday: Holiday, store: TwinStore): boolean {
  if (holiday.locale === 'National') return true;
  return holiday.locale_name === (holiday.locale === 'Regional' ? store.state : store.city);
}

function saturdayAfter(day: DayNumber): DayNumber {
  return day + ((6 - isoWeekday(day) + 7) % 7);
}
