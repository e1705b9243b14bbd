import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import { formatDay, formatMinute } from '../format/dates.ts';
import { formatPercent, formatUnits } from '../format/numbers.ts';
import type { LiveView } from './live-view.ts';

/** The day so far in one sentence, for the chart's name and for the announcement. */
export function describeLive(live: SalesLiveBody, view: LiveView): string {
  const sold = `${formatUnits(live.units_today)} units sold on ${formatDay(live.business_date)} until ${formatMinute(view.minute)}`;
  if (!live.comparison || view.change === null) return `${sold}.`;
  const than = `than at the same time on ${formatDay(live.comparison.date)}`;
  if (view.change === 0) return `${sold}, as many as at the same time on ${formatDay(live.comparison.date)}.`;
  return `${sold}, ${formatPercent(Math.abs(view.change))} ${view.change > 0 ? 'more' : 'less'} ${than}.`;
}
