import { WINDOW_DAYS } from '../../../../shared/features/origin-window.ts';
import { isStockOut, silencesOf } from '../../../../shared/features/silence.ts';

/**
 * Marks the stock-outs of a series that are over: silences that neither chance nor habit explain, by the 140 days
 * before and after. Their zeros were no lack of demand. A silence that goes on is not marked, nor are the days before
 * the first sale.
 *
 * @param milliUnits units x 1000 by day, below 0 where not known
 * @param closed 1 on days on which the store was closed
 * @returns 1 on the days of a stock-out
 */
export function stockOutDays(milliUnits: Int32Array, closed: Uint8Array): Uint8Array {
  const known = milliUnits.map((value, day) => (closed[day] === 1 ? -1 : value));
  const marked = new Uint8Array(milliUnits.length);
  const firstSale = known.findIndex((value) => value > 0);
  const lastSale = known.findLastIndex((value) => value > 0);
  const silences = silencesOf(known).filter(({ from, to }) => from > firstSale && to < lastSale);
  silences.forEach((silence, i) => {
    const first = Math.max(0, silence.from - WINDOW_DAYS);
    const end = Math.min(known.length, silence.to + 1 + WINDOW_DAYS);
    const near = silences.slice(Math.max(0, i - WINDOW_DAYS), i + WINDOW_DAYS);
    const others = near.filter(({ from, to }) => to >= first && from < end);
    const around = known.subarray(first, end).filter((value) => value >= 0);
    const zeros = around.filter((value) => value === 0).length;
    if (isStockOut(silence, others, zeros - silence.days, around.length - silence.days)) {
      marked.fill(1, silence.from, silence.to + 1);
    }
  });
  return marked;
}

/** Days without a sale from which on the first one is a launch. */
const LISTED_DAYS = 28;

/**
 * The day of the first sale of a product that had been listed for at least four weeks, each without a sale.
 *
 * @param milliUnits units x 1000 by day, below 0 where not known
 * @param closed 1 on days on which the store was closed
 * @returns -1 for any other product
 */
export function launchDay(milliUnits: Int32Array, closed: Uint8Array): number {
  const firstSale = milliUnits.findIndex((value) => value > 0);
  const listed = milliUnits.subarray(0, firstSale).filter((value, day) => value === 0 && closed[day] !== 1);
  return listed.length >= LISTED_DAYS ? firstSale : -1;
}
