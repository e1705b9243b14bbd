import { type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { OPEN_ON_NEW_YEAR, WORKS } from './planted-effects.ts';
import { Random } from './random.ts';
import type { TwinStore } from './store-table.ts';

/** When a store sells: from its opening on, not on Christmas or New Year's day, not during works. */
export interface StoreOpening {
  readonly firstOpenDay: DayNumber;
  /** First and last day of works, null for a store without any. */
  readonly works: { readonly from: DayNumber; readonly to: DayNumber } | null;
}

export function createOpening(
  store: TwinStore,
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

/** Nobody sells anything anywhere on this day, so the files have no rows for it. */
export function isClosedEverywhere(day: DayNumber): boolean {
  return toIsoDate(day).endsWith('-12-25');
}

export function isOpen(store: TwinStore, opening: StoreOpening, day: DayNumber): boolean {
  if (day < opening.firstOpenDay || isClosedEverywhere(day)) return false;
  if (opening.works && day >= opening.works.from && day <= opening.works.to) return false;
  return store.city === OPEN_ON_NEW_YEAR || !toIsoDate(day).endsWith('-01-01');
}
