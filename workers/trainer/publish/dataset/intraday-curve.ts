import { at } from '../../../../shared/at.ts';
import { HOUR_MS } from '../../../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY, TICK_MS } from '../../../../shared/calendar/tick.ts';
import type { Store } from '../../../../shared/schemas/catalog.ts';
import { ownValue } from '../../../../shared/schemas/named-record.ts';
import { numberOfStore } from '../../../../shared/schemas/series.ts';

/** One peak of customers: centre in hours since midnight, width (standard deviation) in hours, weight. */
type Rush = readonly [centre: number, width: number, weight: number];

interface StoreDay {
  /** First hour with sales, and the hour at which the doors close. */
  readonly opens: number;
  readonly closes: number;
  readonly rushes: readonly Rush[];
}

const EVENING: StoreDay = {
  opens: 8,
  closes: 22,
  rushes: [
    [11.5, 1.8, 0.35],
    [18.5, 2.1, 0.65],
  ],
};
const NEIGHBOURHOOD: StoreDay = {
  opens: 7,
  closes: 21,
  rushes: [
    [9, 1.6, 0.3],
    [12.5, 1.4, 0.25],
    [18, 1.9, 0.45],
  ],
};
const LUNCH: StoreDay = {
  opens: 8,
  closes: 21,
  rushes: [
    [12.8, 1.5, 0.5],
    [17.8, 1.8, 0.5],
  ],
};
const WEEKEND: StoreDay = {
  opens: 8,
  closes: 21,
  rushes: [
    [11.8, 2.1, 0.6],
    [17, 2.3, 0.4],
  ],
};

const WEEKDAY_BY_TYPE: Readonly<Record<string, StoreDay>> = {
  A: EVENING,
  B: LUNCH,
  C: NEIGHBOURHOOD,
  D: EVENING,
  E: NEIGHBOURHOOD,
};

/** Weight of an hour of online orders while the doors are closed, relative to the peaks. */
const ONLINE_ORDERS = 0.004;

/**
 * The share of a store's day that is sold in each local hour: 24 weights that add up to 1. Typical shopping hours by
 * store type, a different shape at weekends, a few online orders at night, and each store slightly earlier or later
 * than others of its type. The public dataset has daily totals only, so this is an assumption, not a measurement.
 *
 * @param weekday ISO weekday, Monday is 1.
 */
export function intradayCurve(store: Pick<Store, 'store_nbr' | 'type'>, weekday: number): readonly number[] {
  const { opens, closes, rushes } =
    weekday >= 6 ? WEEKEND : (ownValue(WEEKDAY_BY_TYPE, store.type) ?? EVENING);
  const earlier = ((numberFor(store.store_nbr) * 7) % 11) / 10 - 0.5;
  const weights = Array.from({ length: 24 }, (_, hour) => {
    if (hour < opens || hour >= closes) return ONLINE_ORDERS;
    return rushes.reduce((sum, [centre, width, weight]) => {
      const distance = (hour + 0.5 - centre - earlier) / width;
      return sum + (weight / width) * Math.exp(-0.5 * distance * distance);
    }, 0.02);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rounded = weights.map((weight) => Math.round((weight / total) * 100_000));
  const busiest = rounded.indexOf(Math.max(...rounded));
  const rest = 100_000 - rounded.reduce((sum, weight) => sum + weight, 0);
  return rounded.map((weight, hour) => (weight + (hour === busiest ? rest : 0)) / 100_000);
}

/** Any whole number, constant for a store. */
function numberFor(storeNbr: string): number {
  const sum = () =>
    Array.from(storeNbr).reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0);
  return numberOfStore(storeNbr) ?? sum();
}

const SLOTS_PER_HOUR = HOUR_MS / TICK_MS;

/**
 * Splits a day's total over its 288 slots by 24 hourly weights, evenly within an hour. Each slot gets the difference of
 * two rounded running totals, so that the slots add up to `total` exactly.
 *
 * @param total a whole number.
 * @param slots the shares are added to its values.
 */
export function addAlongCurve(total: number, curve: readonly number[], slots: Float64Array): void {
  const weight = curve.reduce((sum, share) => sum + share, 0);
  let passed = 0;
  let given = 0;
  for (let slot = 0; slot < SLOTS_PER_DAY; slot += 1) {
    passed += at(curve, Math.floor(slot / SLOTS_PER_HOUR)) / SLOTS_PER_HOUR;
    const due = slot === SLOTS_PER_DAY - 1 ? total : Math.min(total, Math.round((total * passed) / weight));
    slots[slot] = at(slots, slot) + due - given;
    given = due;
  }
}
