import { type DayNumber, type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { ForecastBody, ForecastPoint } from '../../../shared/schemas/api/forecast.ts';
import type { SalesDailyBody } from '../../../shared/schemas/api/sales-daily.ts';
import { formatDay } from '../lib/format/dates.ts';
import { formatQuantity, formatUnits } from '../lib/format/numbers.ts';

/** One day of the chart: sales, forecast, or on the day in progress both. */
export interface ForecastDay {
  readonly day: DayNumber;
  readonly date: IsoDate;
  /** Units of a finished day; null where unknown, and on days that are not finished. */
  readonly sold: number | null;
  /** Units so far, on the day in progress only. */
  readonly soFar: number | null;
  readonly forecast: ForecastPoint | null;
  readonly onpromotion: number;
}

export interface ForecastView {
  /** Without a gap, oldest first. */
  readonly days: readonly ForecastDay[];
  /** Position in `days` of the first day that is not closed; `days.length` when every day is. */
  readonly firstOpen: number;
  /** The largest number to draw. */
  readonly largest: number;
  readonly largestPromotion: number;
}

/**
 * Joins sales and forecast by date. Either may be missing.
 *
 * @param historyDays How many finished days to keep at most.
 */
export function buildForecastView(
  daily: SalesDailyBody | null,
  forecast: ForecastBody | null,
  historyDays: number,
): ForecastView {
  const closed = new Map((daily?.points ?? []).slice(-historyDays).map((point) => [point.date, point]));
  const ahead = new Map((forecast?.points ?? []).map((point) => [point.date, point]));
  const today = daily?.today;
  const dates = [...closed.keys(), ...ahead.keys(), ...(today ? [today.date] : [])].map(toDayNumber);
  if (dates.length === 0) return { days: [], firstOpen: 0, largest: 0, largestPromotion: 0 };

  const days: ForecastDay[] = [];
  const last = Math.max(...dates);
  for (let day = Math.min(...dates); day <= last; day++) {
    const date = toIsoDate(day);
    const point = closed.get(date);
    const expected = ahead.get(date) ?? null;
    const inProgress = today?.date === date ? today : null;
    days.push({
      day,
      date,
      sold: point?.units ?? null,
      soFar: inProgress?.units ?? null,
      forecast: expected,
      onpromotion: Math.max(
        point?.onpromotion ?? 0,
        inProgress?.onpromotion ?? 0,
        expected?.onpromotion ?? 0,
      ),
    });
  }
  const open = days.findIndex((entry) => !closed.has(entry.date));
  const firstOpen = open < 0 ? days.length : open;
  return {
    days,
    firstOpen,
    largest: Math.max(
      0,
      ...days.flatMap((entry) => [entry.sold ?? 0, entry.soFar ?? 0, entry.forecast?.p90 ?? 0]),
    ),
    largestPromotion: Math.max(0, ...days.map((entry) => entry.onpromotion)),
  };
}

export interface ForecastTotal {
  readonly days: number;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Expected units: means add up, quantiles do not. */
  readonly units: number;
  /**
   * Relative to the same number of finished days before the forecast; null where one of them is unknown or they sum to
   * 0.
   */
  readonly change: number | null;
}

/** Expected units of the first `span` days for each span that the forecast reaches. */
export function forecastTotals(
  daily: SalesDailyBody | null,
  forecast: ForecastBody,
  spans: readonly number[],
): ForecastTotal[] {
  return spans.flatMap((span) => {
    const points = forecast.points.slice(0, span);
    const first = points[0];
    const last = points.at(-1);
    if (points.length < span || !first || !last) return [];
    const units = points.reduce((sum, point) => sum + point.mean, 0);
    const before = soldBefore(daily, first.date, span);
    const change = before === null || before === 0 ? null : units / before - 1;
    return [{ days: span, from: first.date, to: last.date, units, change }];
  });
}

/** Units sold on the `span` days before `date`, null unless all of them are known. */
function soldBefore(daily: SalesDailyBody | null, date: IsoDate, span: number): number | null {
  const end = toDayNumber(date);
  const points = (daily?.points ?? []).filter((point) => {
    const day = toDayNumber(point.date);
    return day < end && day >= end - span;
  });
  if (points.length < span || points.some((point) => point.units === null)) return null;
  return points.reduce((sum, point) => sum + (point.units ?? 0), 0);
}

/** The chart in words, for screen readers. */
export function describeForecast(view: ForecastView, forecast: ForecastBody | null): string {
  return [describeHistory(view), describeAhead(forecast?.points ?? [])].filter(Boolean).join(' ');
}

function describeHistory(view: ForecastView): string {
  const known = view.days.slice(0, view.firstOpen).flatMap((day) => (day.sold === null ? [] : [day.sold]));
  if (known.length === 0) return 'No sales are known.';
  const mean = known.reduce((sum, units) => sum + units, 0) / known.length;
  const low = formatUnits(Math.min(...known));
  const high = formatUnits(Math.max(...known));
  return `${formatQuantity(known.length, 'day', 'days')} of sales, from ${low} to ${high} units a day, ${formatUnits(mean)} on average.`;
}

function describeAhead(points: readonly ForecastPoint[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return 'No forecast.';
  const best = points.reduce((left, right) => (right.p50 > left.p50 ? right : left));
  const least = points.reduce((left, right) => (right.p50 < left.p50 ? right : left));
  const total = points.reduce((sum, point) => sum + point.mean, 0);
  return (
    `Forecast from ${formatDay(first.date)} to ${formatDay(last.date)}: ${formatUnits(total)} units in all, ` +
    `most on ${formatDay(best.date)} (${formatUnits(best.p50)}), least on ${formatDay(least.date)} (${formatUnits(least.p50)}).`
  );
}

/** One day in words, for the reader's cursor on the chart. */
export function describeDay(day: ForecastDay): string {
  const parts = [formatDay(day.date)];
  if (day.sold !== null) parts.push(`${formatUnits(day.sold)} sold`);
  if (day.soFar !== null) parts.push(`${formatUnits(day.soFar)} sold so far`);
  if (day.forecast) {
    const { p10, p50, p90, holidays = [] } = day.forecast;
    parts.push(...holidays);
    parts.push(`forecast ${formatUnits(p50)}, likely ${formatUnits(p10)} to ${formatUnits(p90)}`);
  }
  if (day.sold === null && day.soFar === null && !day.forecast) parts.push('not known');
  if (day.onpromotion > 0) parts.push(`${formatQuantity(day.onpromotion, 'item', 'items')} on promotion`);
  return parts.join(', ');
}

const TEXTS: Readonly<Record<string, string>> = {
  'day-off': 'regular day off',
  holiday: 'holiday',
  closed: 'until further notice',
  declared: 'as planned',
};

/** Why a store is closed on a day, for people; a declared reason is repeated as written. */
export function closureText(reason: string): string {
  return TEXTS[reason] ?? reason;
}
