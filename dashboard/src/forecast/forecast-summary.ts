import type { ForecastBody, ForecastPoint } from '../../../shared/schemas/api/forecast.ts';
import { formatDay } from '../format/dates.ts';
import { formatQuantity, formatUnits } from '../format/numbers.ts';
import type { ForecastDay, ForecastView } from './forecast-view.ts';

/** The chart in words, for those who do not see it. */
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
    const { p10, p50, p90 } = day.forecast;
    parts.push(`forecast ${formatUnits(p50)}, likely ${formatUnits(p10)} to ${formatUnits(p90)}`);
  }
  if (day.sold === null && day.soFar === null && !day.forecast) parts.push('not known');
  if (day.onpromotion > 0) parts.push(`${formatQuantity(day.onpromotion, 'item', 'items')} on promotion`);
  return parts.join(', ');
}
