import { at } from '../../../../shared/at.ts';
import {
  DAY_MS,
  DAYS_PER_WEEK,
  type DayNumber,
  isoWeekday,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import type { Holiday, OilPrice } from '../../../../shared/schemas/catalog.ts';
import { createHolidays } from './ecuador-holidays.ts';
import type { FamilyProfile } from './family-table.ts';
import {
  DECEMBER,
  DISASTER,
  DRIFT,
  holidayEffect,
  MID_MONTH_PAYDAY,
  OIL,
  OPEN_ON_NEW_YEAR,
  PAYDAY_PROFILE,
  SCHOOL_SEASON,
  WORKS,
} from './planted-effects.ts';
import { Random } from './random.ts';
import type { Region, SyntheticStore } from './store-table.ts';

/** Days of promotions that are planned after the last day of sales (test.csv). */
export const TEST_FILE_DAYS = HORIZON;
const REGIONS: readonly Region[] = ['coast', 'highlands'];

export interface WorldOptions {
  readonly firstDay: DayNumber;
  readonly dayCount: number;
  readonly stores: readonly SyntheticStore[];
  /** Sorted by name. */
  readonly families: readonly FamilyProfile[];
  readonly seed: number;
}

/** All planted effects, as tables: the logarithm of a cell's mean without promotions is a sum of a few look-ups. */
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
  /** ln of the mean units of a cell without promotions, if the store is open. */
  logMean(store: number, family: number, day: number): number;
}

export function createWorld(options: WorldOptions): World {
  const { firstDay, dayCount, stores, families, seed } = options;
  const disasterDay = saturdayAfter(firstDay + Math.floor(DISASTER.after * dayCount));
  const holidays = [
    ...createHolidays(firstDay, firstDay + dayCount + TEST_FILE_DAYS),
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
  const oil = createOilWalk(firstDay, dayCount + TEST_FILE_DAYS, seed);
  const openings = stores.map((store) => createOpening(store, firstDay, dayCount, seed));

  const open = new Uint8Array(stores.length * dayCount);
  const holidayByStore = new Float64Array(stores.length * dayCount);
  const weekdayByStore = new Float64Array(stores.length * DAYS_PER_WEEK);
  stores.forEach((store, s) => {
    const opening = at(openings, s);
    for (let day = 0; day < dayCount; day += 1) {
      open[s * dayCount + day] = Number(isOpen(store, opening, firstDay + day));
    }
    for (const holiday of holidays) {
      const day = toDayNumber(holiday.date) - firstDay;
      if (day < 0 || day >= dayCount || !covers(holiday, store)) continue;
      holidayByStore[s * dayCount + day] = at(holidayByStore, s * dayCount + day) + holidayEffect(holiday);
    }
    for (let weekday = 0; weekday < DAYS_PER_WEEK; weekday += 1) {
      weekdayByStore[s * DAYS_PER_WEEK + weekday] = store.weekendTilt * (weekday >= 5 ? 1 : -0.4);
    }
  });

  const weekdayOf = Uint8Array.from({ length: dayCount }, (_, day) => isoWeekday(firstDay + day) - 1);
  const weekdayByFamily = new Float64Array(families.length * DAYS_PER_WEEK);
  families.forEach((family, f) => {
    const mean = family.weekday.reduce((sum, share) => sum + share, 0) / DAYS_PER_WEEK;
    family.weekday.forEach((share, weekday) => {
      weekdayByFamily[f * DAYS_PER_WEEK + weekday] = Math.log(share / mean);
    });
  });
  const familyDay = createFamilyDays(options, oil, disasterDay);
  const regionOf = Uint8Array.from(stores, (store) => REGIONS.indexOf(store.region));

  const weeks = Math.ceil(dayCount / DAYS_PER_WEEK) + 1;
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
    const weekday = weekdayOf[day] as number;
    return (
      (base[series] as number) +
      (weekdayByFamily[family * DAYS_PER_WEEK + weekday] as number) +
      (weekdayByStore[store * DAYS_PER_WEEK + weekday] as number) +
      (familyDay[((regionOf[store] as number) * families.length + family) * dayCount + day] as number) +
      at(families, family).holiday * (holidayByStore[store * dayCount + day] as number) +
      (drift[series * weeks + Math.floor(day / DAYS_PER_WEEK)] as number)
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
    const oilLevel = at(oil.logLevel, index);
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
          family.oil * oilLevel +
          family.disaster * shaken;
      });
    });
  }
  return table;
}

function covers(holiday: Holiday, store: SyntheticStore): boolean {
  if (holiday.locale === 'National') return true;
  return holiday.locale_name === (holiday.locale === 'Regional' ? store.state : store.city);
}

function saturdayAfter(day: DayNumber): DayNumber {
  return day + ((6 - isoWeekday(day) + DAYS_PER_WEEK) % DAYS_PER_WEEK);
}

/** Day of the month and the number of days in the month of `day`. */
function monthPosition(day: DayNumber): { readonly dayOfMonth: number; readonly monthLength: number } {
  const date = new Date(day * DAY_MS);
  return {
    dayOfMonth: date.getUTCDate(),
    monthLength: new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  };
}

/** Strength of the payday effect on a day, 0..1: paydays are the 15th and the last day of the month. */
export function paydayStrength(day: DayNumber): number {
  const { dayOfMonth, monthLength } = monthPosition(day);
  const sinceMidMonth = dayOfMonth - 15;
  const sinceMonthEnd = dayOfMonth === monthLength ? 0 : dayOfMonth;
  return Math.max(
    PAYDAY_PROFILE[sinceMonthEnd] ?? 0,
    MID_MONTH_PAYDAY * (sinceMidMonth >= 0 ? (PAYDAY_PROFILE[sinceMidMonth] ?? 0) : 0),
  );
}

/** A peak of height 1 that recurs every year: exp(-(distance / width)^2 / 2), distance in days. */
export function yearlyBump(
  day: DayNumber,
  peak: { readonly monthDay: string; readonly width: number },
): number {
  const year = Number(toIsoDate(day).slice(0, 4));
  const distances = [year - 1, year, year + 1].map((y) =>
    Math.abs(day - toDayNumber(`${y}-${peak.monthDay}`)),
  );
  return Math.exp(-0.5 * (Math.min(...distances) / peak.width) ** 2);
}

/** 1 on `peakDayOfYear`, -1 half a year away. */
export function yearlyWave(day: DayNumber, peakDayOfYear: number): number {
  const dayOfYear = day - toDayNumber(`${toIsoDate(day).slice(0, 4)}-01-01`) + 1;
  return Math.cos((2 * Math.PI * (dayOfYear - peakDayOfYear)) / 365.25);
}

/** The days on which a store sells: from its opening on, except on Christmas or New Year's day and during works. */
export interface StoreOpening {
  readonly firstOpenDay: DayNumber;
  /** First and last day of works, null for a store without any. */
  readonly works: { readonly from: DayNumber; readonly to: DayNumber } | null;
}

export function createOpening(
  store: SyntheticStore,
  firstDay: DayNumber,
  dayCount: number,
  seed: number,
): StoreOpening {
  const random = new Random(seed, 'opening', store.store_nbr);
  const firstOpenDay = firstDay + Math.round(store.opensAfter * dayCount);
  const hasWorks = store.opensAfter === 0 && random.uniform() < WORKS.share;
  const from = firstDay + Math.floor((0.1 + 0.8 * random.uniform()) * dayCount);
  const length = WORKS.minDays + Math.floor(random.uniform() * (WORKS.maxDays - WORKS.minDays));
  return { firstOpenDay, works: hasWorks ? { from, to: from + length - 1 } : null };
}

/** No store sells anything on this day, so the files have no rows for it. */
export function isClosedEverywhere(day: DayNumber): boolean {
  return toIsoDate(day).endsWith('-12-25');
}

export function isOpen(store: SyntheticStore, opening: StoreOpening, day: DayNumber): boolean {
  if (day < opening.firstOpenDay || isClosedEverywhere(day)) return false;
  if (opening.works && day >= opening.works.from && day <= opening.works.to) return false;
  return store.city === OPEN_ON_NEW_YEAR || !toIsoDate(day).endsWith('-01-01');
}

export interface OilWalk {
  /** As published: working days only, and not the very first day. */
  readonly prices: readonly OilPrice[];
  /** ln(mean price of the last 28 days / starting price) for each of the days. */
  readonly logLevel: Float64Array;
}

/** A geometric random walk of the oil price over `dayCount` days. */
export function createOilWalk(firstDay: DayNumber, dayCount: number, seed: number): OilWalk {
  const random = new Random(seed, 'oil');
  const prices: OilPrice[] = [];
  const daily = new Float64Array(dayCount);
  const logLevel = new Float64Array(dayCount);
  let log = 0;
  let windowSum = 0;
  for (let day = 0; day < dayCount; day += 1) {
    if (isoWeekday(firstDay + day) <= 5) {
      log += OIL.dailyDeviation * random.normal();
      const price = Math.round(OIL.start * Math.exp(log) * 100) / 100;
      if (day > 0) prices.push({ date: toIsoDate(firstDay + day), price });
    }
    const today = Math.exp(log);
    daily[day] = today;
    windowSum += today;
    if (day >= OIL.smoothingDays) windowSum -= at(daily, day - OIL.smoothingDays);
    logLevel[day] = Math.log(windowSum / Math.min(day + 1, OIL.smoothingDays));
  }
  return { prices, logLevel };
}
