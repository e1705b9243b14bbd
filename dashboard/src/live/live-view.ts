import { at } from '../../../shared/at.ts';
import { TICK_MS } from '../../../shared/calendar/tick.ts';
import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import { formatDay, formatMinute } from '../lib/format/dates.ts';
import { formatPercent, formatUnits } from '../lib/format/numbers.ts';

/** Minutes of one slot of the day. */
export const SLOT_MINUTES = TICK_MS / 60_000;
const SLOTS_PER_HOUR = 60 / SLOT_MINUTES;

/** Units since the day's start at a minute of the day. */
export interface CumulativePoint {
  readonly minute: number;
  readonly units: number;
}

/** The running total from midnight on: 0 at minute 0, then one point at the end of each slot. */
function cumulativePoints(slots: readonly number[]): CumulativePoint[] {
  return [
    { minute: 0, units: 0 },
    ...slots.map((units, slot) => ({ minute: (slot + 1) * SLOT_MINUTES, units })),
  ];
}

export interface LiveView {
  readonly today: readonly CumulativePoint[];
  readonly before: readonly CumulativePoint[];
  /** Minutes of the day counted so far. */
  readonly minute: number;
  /** Units more (or less) than at the same time a week earlier. */
  readonly difference: number | null;
  /** The same, relative. */
  readonly change: number | null;
  readonly lastHour: Change | null;
  readonly largest: number;
}

interface Change {
  readonly units: number;
  /** Against the same hour a week earlier; null where there is nothing to compare with. */
  readonly change: number | null;
}

export function buildLiveView(live: SalesLiveBody): LiveView {
  const { slots, comparison, units_today: units, ratio } = live;
  return {
    today: cumulativePoints(slots),
    before: comparison ? cumulativePoints(comparison.slots) : [],
    minute: slots.length * SLOT_MINUTES,
    difference: comparison ? units - comparison.units_same_time : null,
    change: ratio === null ? null : ratio - 1,
    lastHour: lastHourOf(slots, comparison?.slots ?? null),
    largest: Math.max(units, slots.at(-1) ?? 0, comparison?.slots.at(-1) ?? 0),
  };
}

/** Units of the last full counted hour; null in the first hour of the day. */
function lastHourOf(slots: readonly number[], before: readonly number[] | null): Change | null {
  const end = slots.length - 1;
  const start = end - SLOTS_PER_HOUR;
  // The first full hour starts at midnight, before the first slot.
  const span = (values: readonly number[]) => at(values, end) - (start < 0 ? 0 : at(values, start));
  if (start < -1) return null;
  const units = span(slots);
  const then = before ? span(before) : 0;
  return { units, change: then > 0 ? units / then - 1 : null };
}

/** The day so far in one sentence, for the chart's name and for the announcement. */
export function describeLive(live: SalesLiveBody, view: LiveView): string {
  const sold = `${formatUnits(live.units_today)} units sold on ${formatDay(live.business_date)} until ${formatMinute(view.minute)}`;
  if (!live.comparison || view.change === null) return `${sold}.`;
  const than = `than at the same time on ${formatDay(live.comparison.date)}`;
  if (view.change === 0) return `${sold}, as many as at the same time on ${formatDay(live.comparison.date)}.`;
  return `${sold}, ${formatPercent(Math.abs(view.change))} ${view.change > 0 ? 'more' : 'less'} ${than}.`;
}

/**
 * Between two numbers, fast at first and slow at the end (cubic ease-out).
 *
 * @param progress 0 yields `from`, 1 yields exactly `to`; values outside are clamped.
 */
export function tween(from: number, to: number, progress: number): number {
  if (progress >= 1) return to;
  const eased = 1 - (1 - Math.max(0, progress)) ** 3;
  return from + (to - from) * eased;
}

/** Milliseconds between two announcements of the live total: often enough to follow without being disruptive. */
export const ANNOUNCEMENT_PAUSE = 60_000;

/** Milliseconds to wait before the next announcement may be spoken, 0 when it may at once. */
export function timeUntilAnnouncement(lastSpokenAt: number, now: number): number {
  return Math.max(0, lastSpokenAt + ANNOUNCEMENT_PAUSE - now);
}
