import { type DayNumber, toDayNumber, toIsoDate } from '../calendar/day-number.ts';
import type { OilPrice } from '../schemas/catalog.ts';
import { defineFeatures, writeFeatures } from './feature.ts';
import { differenceOf, meanOf } from './window-statistics.ts';

const SMOOTHING_DAYS = 28;

/** Daily oil prices and the origin. */
interface OilDay {
  readonly prices: Float64Array;
  readonly index: number;
}

/** Oil up to the origin: later prices are unknown. */
export const OIL_FEATURES = defineFeatures<OilDay>('oil', [
  [
    'oil_mean_28',
    'mean oil price of the 28 days up to the origin, days without a price taking the last one',
    ({ prices, index }, out, at) => {
      out[at] = meanPrice(prices, index);
    },
  ],
  [
    'oil_change',
    'oil_mean_28 - the same 28 days before',
    ({ prices, index }, out, at) => {
      out[at] = differenceOf(meanPrice(prices, index), meanPrice(prices, index - SMOOTHING_DAYS));
    },
  ],
]);

function meanPrice(prices: Float64Array, last: number): number {
  return meanOf(prices, last, SMOOTHING_DAYS, -1);
}

/** `OIL_FEATURES` of each day from `fromDay` to `toDay` as the origin, row by row. */
export function tabulateOil(oil: readonly OilPrice[], fromDay: DayNumber, toDay: DayNumber): Float32Array {
  const reach = 2 * SMOOTHING_DAYS - 1;
  const prices = dailyPrices(oil, fromDay - reach, toDay);
  const table = new Float32Array((toDay - fromDay + 1) * OIL_FEATURES.length);
  let at = 0;
  for (let day = fromDay; day <= toDay; day++) {
    at = writeFeatures(OIL_FEATURES, { prices, index: day - fromDay + reach }, table, at, 1);
  }
  return table;
}

/** The last known price on each day; NaN before the first one. */
function dailyPrices(oil: readonly OilPrice[], fromDay: DayNumber, toDay: DayNumber): Float64Array {
  const first = toIsoDate(fromDay);
  const last = toIsoDate(toDay);
  const prices = new Float64Array(toDay - fromDay + 1).fill(Number.NaN);
  let before: OilPrice | null = null;
  for (const entry of oil) {
    if (entry.date > last) continue;
    if (entry.date >= first) prices[toDayNumber(entry.date) - fromDay] = entry.price;
    else if (before === null || entry.date > before.date) before = entry;
  }
  let price = before?.price ?? Number.NaN;
  for (let i = 0; i < prices.length; i++) {
    const known = prices[i] as number;
    if (!Number.isNaN(known)) price = known;
    else prices[i] = price;
  }
  return prices;
}
