import { InvalidObjectError, parseObject } from '../../../shared/artifacts/parse-object.ts';
import { at } from '../../../shared/at.ts';
import { type IsoWeek, isoWeekOf, weekStart } from '../../../shared/calendar/date-parts.ts';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { PromotionPlan } from '../../../shared/schemas/day-sheet.ts';
import type { SeriesKey } from '../../../shared/schemas/series.ts';
import type { CachedObject } from './isolate-caches.ts';

/** Promotions planned for a series on consecutive days. */
export interface PlannedPromotions {
  /** Items on promotion by day; 0 where nothing is planned. */
  readonly onpromotion: Uint16Array;
  /** Changes with every plan that the days were read from. */
  readonly etag: string;
}

/** Reads the plans of the weeks that `firstDay` and the `dayCount - 1` days after it touch. */
export async function readPlannedPromotions(
  dataset: { plan(week: IsoWeek): Promise<CachedObject<PromotionPlan> | null> },
  series: SeriesKey,
  firstDay: DayNumber,
  dayCount: number,
): Promise<PlannedPromotions> {
  const weeks: DayNumber[] = [];
  for (let monday = weekStart(firstDay); monday < firstDay + dayCount; monday += 7) weeks.push(monday);
  const read = await Promise.all(weeks.map((monday) => dataset.plan(isoWeekOf(monday))));

  const onpromotion = new Uint16Array(dayCount);
  read.forEach((plan, week) => {
    const column = plan?.value.series.indexOf(series) ?? -1;
    if (!plan || column < 0) return;
    const monday = at(weeks, week);
    for (let day = Math.max(monday, firstDay); day < Math.min(monday + 7, firstDay + dayCount); day++) {
      onpromotion[day - firstDay] = plan.value.days[toIsoDate(day)]?.[column] ?? 0;
    }
  });
  return { onpromotion, etag: read.map((plan) => plan?.etag ?? '').join(',') };
}

/**
 * Reads a promotion plan. Checks the shape only, not each of the 12,000 numbers: a cold start has 10 ms in all, and
 * Uint16Array makes a count of whatever it is given.
 *
 * @throws {InvalidObjectError} naming key and field.
 */
export function readPromotionPlan(text: string, key: string): PromotionPlan {
  const { week, series, days } = parseObject(text, key);
  if (!Array.isArray(series)) throw new InvalidObjectError(`${key}: series must be a list; publish it again`);
  const fits = (counts: unknown) => Array.isArray(counts) && counts.length === series.length;
  if (typeof days !== 'object' || days === null || !Object.values(days).every(fits)) {
    throw new InvalidObjectError(`${key}: days must have one count for each series; publish it again`);
  }
  return { week, series, days } as PromotionPlan;
}
