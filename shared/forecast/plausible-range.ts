import { at } from '../at.ts';
import { DAYS_PER_WEEK, type DayNumber, YEAR_OF_WEEKS } from '../calendar/day-number.ts';
import { HOLIDAY_FEATURES } from '../features/calendar-features.ts';
import type { SeriesCovariates } from '../features/covariates.ts';
import { itemsAt, type SeriesHistory, valueAt } from '../features/series-history.ts';
import type { PromotionEffect } from './promotion-response.ts';

/** The plausible sales of a series on a target day, by its sales on similar days. Units. */
export interface PlausibleRange {
  readonly low: number;
  readonly high: number;
  /** The median of those days, which replaces a forecast outside the range. */
  readonly usual: number;
}

const WEEKS = 8;
/** Days around the same day a year ago that count as similar: the season may bring their level back. */
const SEASON_DAYS = 3;
/** Known days without a sale at the end after which a series may sell nothing: it has been discontinued, or renamed. */
const SILENT_DAYS = 2;
/** Least number of same weekdays; with fewer, all days of the weeks count. */
const ENOUGH_DAYS = 2;
/** From this chance that a series sells nothing on all of them, they say nothing about the weekday. */
const CHANCE = 0.01;
/** A forecast above this multiple of the most, or below this fraction of the least, is implausible; */
const MOST_RATIO = 3;
/** with this many units to spare, because a slow seller may sell three at once. */
const SPARE_UNITS = 3;
/** Further factor for a planned promotion of unknown effect, or a holiday. */
const EVENT_RATIO = 4;
/** Days around a holiday on which sales differ from those of an ordinary week. */
const DAYS_BEFORE_HOLIDAY = 3;
const DAYS_AFTER_HOLIDAY = 1;

function column(name: string): number {
  const index = HOLIDAY_FEATURES.findIndex((feature) => feature.name === name);
  if (index < 0) throw new RangeError(`there is no holiday feature "${name}"`);
  return index;
}
const SINCE_HOLIDAY = column('days_since_national_holiday');
const UNTIL_HOLIDAY = column('days_until_national_holiday');

/**
 * The range in which a forecast of the day `h` days after the origin is plausible: a third of the least to three
 * times the most that the series sold on the same weekdays of the last eight weeks or around the same day a year ago,
 * wider where promotions or holidays make the day, or those days, unlike others. A model may err within it; a
 * forecast outside is a malfunction.
 *
 * @param effect the factor of promotions on units; null where it is unknown
 * @returns null for a series of which no day is known
 */
export function plausibleRange(
  history: SeriesHistory,
  covariates: SeriesCovariates,
  origin: DayNumber,
  h: number,
  effect: PromotionEffect | null,
): PlausibleRange | null {
  const target = origin + h;
  const { days: recent, isNew } = recentDays(history, origin, h);
  if (recent.length === 0) return null;
  const season = daysBetween(
    history,
    target - YEAR_OF_WEEKS - SEASON_DAYS,
    target - YEAR_OF_WEEKS + SEASON_DAYS,
  );
  const sold = [...recent, ...season].map((day) => unitsOn(history, day));
  const sorted = recent.map((day) => unitsOn(history, day)).sort((a, b) => a - b);
  const usual = at(sorted, sorted.length >> 1);
  const lifts = recent.map((day) => promotionRatio(history, day, effect));
  const lift = promotionRatio(history, target, effect);
  const isHoliday = isNearHoliday(covariates, target);
  const event = isHoliday ? EVENT_RATIO : 1;
  const raised = Math.max(1, lift / Math.min(...lifts)) * event;
  const lowered = Math.max(1, Math.max(...lifts) / lift) * event;
  return {
    low:
      isNew || fellSilent(history, origin)
        ? 0
        : Math.max(0, Math.min(...sold) / MOST_RATIO / lowered - SPARE_UNITS),
    high: MOST_RATIO * Math.max(...sold) * raised + SPARE_UNITS,
    usual,
  };
}

/**
 * The known same weekdays of the last weeks; all known days of those weeks where these are few, or without a sale by
 * chance, and all known days where there are none.
 *
 * A series is new when those weeks begin with zeros: it was not offered yet, or not in season. These zeros do not say
 * how much it sells, or its first days would be taken for a malfunction; but its first days may be its only ones, so
 * that nothing is too little for it.
 */
function recentDays(
  history: SeriesHistory,
  origin: DayNumber,
  h: number,
): { readonly days: DayNumber[]; readonly isNew: boolean } {
  const first = origin - DAYS_PER_WEEK * WEEKS + 1;
  const known = daysBetween(history, first, origin);
  const firstSale = known.findIndex((day) => unitsOn(history, day) > 0);
  const offered = known.slice(Math.max(0, firstSale));
  const sameWeekday = offered.filter((day) => (origin + h - day) % DAYS_PER_WEEK === 0);
  const isNew = firstSale > 0;
  const isSilent = sameWeekday.every((day) => unitsOn(history, day) === 0);
  const zeroShare = offered.filter((day) => unitsOn(history, day) === 0).length / offered.length;
  const isChance = isSilent && zeroShare ** sameWeekday.length >= CHANCE;
  if (sameWeekday.length >= ENOUGH_DAYS && !isChance) return { days: sameWeekday, isNew };
  return { days: offered.length > 0 ? offered : daysBetween(history, history.firstDay, origin), isNew };
}

function fellSilent(history: SeriesHistory, origin: DayNumber): boolean {
  let silent = 0;
  for (let day = origin; day >= history.firstDay && silent < SILENT_DAYS; day--) {
    const units = unitsOn(history, day);
    if (units > 0) return false;
    if (units === 0) silent++;
  }
  return silent === SILENT_DAYS;
}

function daysBetween(history: SeriesHistory, from: DayNumber, to: DayNumber): DayNumber[] {
  const days: DayNumber[] = [];
  for (let day = Math.max(from, history.firstDay); day <= to; day++)
    if (unitsOn(history, day) >= 0) days.push(day);
  return days;
}

/** Negative where unknown. */
function unitsOn({ milliUnits, firstDay }: SeriesHistory, day: DayNumber): number {
  return valueAt(milliUnits, day - firstDay, -1) / 1000;
}

function promotionRatio(
  { onpromotion, firstDay }: SeriesHistory,
  day: DayNumber,
  effect: PromotionEffect | null,
): number {
  const items = itemsAt(onpromotion, day - firstDay);
  if (items === 0) return 1;
  return Math.max(effect ? Math.exp(effect(items)) : 1, EVENT_RATIO);
}

function isNearHoliday({ holidays, fromDay }: SeriesCovariates, day: DayNumber): boolean {
  const at = (day - fromDay) * HOLIDAY_FEATURES.length;
  const isOne = HOLIDAY_FEATURES.some(
    (_, i) => i !== SINCE_HOLIDAY && i !== UNTIL_HOLIDAY && holidays[at + i] === 1,
  );
  return (
    isOne ||
    (holidays[at + UNTIL_HOLIDAY] as number) <= DAYS_BEFORE_HOLIDAY ||
    (holidays[at + SINCE_HOLIDAY] as number) <= DAYS_AFTER_HOLIDAY
  );
}
