import { LONGEST_CLOSURE_DAYS } from '../../../shared/features/origin-window.ts';
import type { Dataset } from '../datasets/dataset.ts';

/** Fewest series of a store from whose silence a closure is read, where tickets are not counted. */
const MIN_SERIES_TO_TELL_CLOSURES = 10;

/**
 * 1 on the days on which a store was closed, by store number and day of the panel. A store is closed on a day without
 * any sales if it counts tickets and has none, or if it has so many series that not one sale on an open day is out of
 * the question. A silence of more than `LONGEST_CLOSURE_DAYS` is no closure: the store is gone, or not there yet.
 */
export function closedDaysByStore({ panel, stores }: Dataset): ReadonlyMap<number, Uint8Array> {
  const { dayCount } = panel;
  const closed = new Map<number, Uint8Array>();
  stores.forEach(({ store_nbr }, store) => {
    const members = panel.series.flatMap((series, s) => (series.storeNbr === store_nbr ? [s] : []));
    const days = new Uint8Array(dayCount);
    const tickets = panel.tickets?.subarray(store * dayCount, (store + 1) * dayCount);
    const canTell = tickets?.some((count) => count > 0) || members.length >= MIN_SERIES_TO_TELL_CLOSURES;
    for (let d = 0; canTell && d < dayCount; d++) {
      const isSilent = members.every((s) => (panel.milliUnits[s * dayCount + d] as number) <= 0);
      days[d] = Number(isSilent && !((tickets?.[d] ?? 0) > 0));
    }
    forgetLongRuns(days);
    closed.set(store_nbr, days);
  });
  return closed;
}

function forgetLongRuns(days: Uint8Array): void {
  let start = 0;
  for (let d = 0; d <= days.length; d++) {
    if (days[d] === 1) continue;
    if (d - start > LONGEST_CLOSURE_DAYS) days.fill(0, start, d);
    start = d + 1;
  }
}
