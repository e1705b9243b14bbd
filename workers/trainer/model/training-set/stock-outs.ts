import { WINDOW_DAYS } from '../../../../shared/features/origin-window.ts';
import { isStockOut } from '../../../../shared/features/silence.ts';

/** Days without a sale between two with one: `from..to`, unknown days among them. */
interface Silence {
  readonly from: number;
  readonly to: number;
  /** Known days. */
  readonly days: number;
}

/**
 * Marks the stock-outs of a series that are over: silences that neither chance nor the 140 days before and after
 * explain. Their zeros were no lack of demand, and what sold after them was no demand out of nothing. A silence that
 * goes on is not marked, nor are the days before the first sale.
 *
 * @param milliUnits units x 1000 by day, below 0 where not known
 * @param closed 1 on days on which the store was closed
 * @returns 1 on the days of a stock-out
 */
export function stockOutDays(milliUnits: Int32Array, closed: Uint8Array): Uint8Array {
  const known = milliUnits.map((value, day) => (closed[day] === 1 ? -1 : value));
  const silences = silencesOf(known);
  const marked = new Uint8Array(milliUnits.length);
  silences.forEach((silence, i) => {
    const { from, to, days } = silence;
    const first = Math.max(0, from - WINDOW_DAYS);
    const end = Math.min(known.length, to + 1 + WINDOW_DAYS);
    const around = known.subarray(first, end).filter((value) => value >= 0);
    const zeros = around.filter((value) => value === 0).length;
    if (isStockOut(days, longestOther(silences, i, first, end), zeros - days, around.length - days)) {
      marked.fill(1, from, to + 1);
    }
  });
  return marked;
}

function silencesOf(known: Int32Array): Silence[] {
  const silences: Silence[] = [];
  let hasSold = false;
  let from = 0;
  let to = 0;
  let days = 0;
  known.forEach((value, day) => {
    if (value < 0) return;
    if (value === 0) {
      if (days === 0) from = day;
      to = day;
      days++;
      return;
    }
    if (hasSold && days > 0) silences.push({ from, to, days });
    hasSold = true;
    days = 0;
  });
  return silences;
}

/** The length of the longest silence but the i-th that has days in `first..end - 1`; 0 without one. */
function longestOther(silences: readonly Silence[], i: number, first: number, end: number): number {
  let longest = 0;
  for (let j = i - 1; j >= 0; j--) {
    const { to, days } = silences[j] as Silence;
    if (to < first) break;
    longest = Math.max(longest, days);
  }
  for (let j = i + 1; j < silences.length; j++) {
    const { from, days } = silences[j] as Silence;
    if (from >= end) break;
    longest = Math.max(longest, days);
  }
  return longest;
}
