import { type DayNumber, isoWeekday, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { OilPrice } from '../../../../shared/schemas/catalog.ts';
import { OIL } from './planted-effects.ts';
import { Random } from './random.ts';

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
    daily[day] = Math.exp(log);
    windowSum += daily[day] ?? 0;
    if (day >= OIL.smoothingDays) windowSum -= daily[day - OIL.smoothingDays] ?? 0;
    logLevel[day] = Math.log(windowSum / Math.min(day + 1, OIL.smoothingDays));
  }
  return { prices, logLevel };
}
