import type { DayNumber } from '../../calendar/day-number.ts';
import { storeOfField } from '../check-commit.ts';
import type { StoreKeys } from '../keys.ts';
import { RETENTION } from '../retention.ts';
import { extendSeries, extendTickets, lastDayOf, type SeriesTail } from '../series-reading.ts';
import { openColumns, openTickets, packSeries, packTickets } from './packed-history.ts';
import type { Requests } from './requests.ts';
import { READ_LAGGING } from './scripts/read-lagging.lua.ts';
import { WRITE_COMPACTED } from './scripts/write-compacted.lua.ts';

/** Series of one round: a megabyte of packed history each way. */
const SERIES_PER_ROUND = 250;
/** Values of the daily buckets that one answer may hold. */
const MAX_TAIL_VALUES = 100_000;
/** Rounds that may find the store changed meanwhile before the rest is left to a later call. */
const MAX_LOST_ROUNDS = 5;

/**
 * Folds closed days into packed histories, round by round: read, join, and write back if nothing has changed.
 * What could not be done is counted as remaining.
 */
export async function compactLagging(
  requests: Requests,
  keys: StoreKeys,
  through: DayNumber,
  limit: number,
): Promise<{ compacted: number; remaining: number }> {
  const names = [keys.state, keys.history, keys.compacted];
  let compacted = 0;
  let remaining = 0;
  for (let lost = 0; lost < MAX_LOST_ROUNDS; ) {
    const count = Math.min(limit - compacted, SERIES_PER_ROUND);
    const reply = await requests.read(READ_LAGGING, names, [
      String(through),
      String(Math.max(1, count)),
      String(MAX_TAIL_VALUES),
      String(RETENTION.historyDays),
      keys.bucketPrefix('sales_daily'),
    ]);
    const lagging = reply as LaggingReply;
    if (lagging[1] === 0) return { compacted, remaining: 0 };
    const { series, stores } = joinRound(lagging, through);
    const args = [lagging[0], String(through), String(series.length), ...series.flat(), ...stores.flat()];
    const [written, left] = (await requests.write(WRITE_COMPACTED, names, args)) as [number, number];
    remaining = left;
    if (written === 1) compacted += series.length;
    else lost++;
    if (compacted >= limit || remaining === 0) break;
  }
  return { compacted, remaining };
}

type LaggingReply =
  | readonly [token: string, none: 0]
  | readonly [
      token: string,
      some: 1,
      liveFrom: string,
      from: number,
      /** name, last packed day, packed column or '' */
      series: readonly string[],
      /** number, last packed day or '', packed column or '' */
      stores: readonly string[],
      /** one list a day: sales and promoted items of each series, then tickets and open of each store */
      tail: readonly (readonly (string | null)[])[],
    ];

/** Names and packed columns of one round, up to and including `through`. */
function joinRound(reply: LaggingReply & { 1: 1 }, through: DayNumber) {
  const [, , live, from, seriesList, storeList, tail] = reply;
  const liveFrom = Number(live);
  const seriesCount = seriesList.length / 3;
  const storeNames = storeList.filter((_, i) => i % 3 === 0);
  /** What one place of each day's list says. */
  const column = (place: number): Map<DayNumber, number> => {
    const values = new Map<DayNumber, number>();
    tail.forEach((day, i) => {
      const value = day[place];
      if (value !== null && value !== undefined) values.set(from + i, Number(value));
    });
    return values;
  };
  const nothing: ReadonlyMap<DayNumber, number> = new Map();
  const storeTails = new Map<string, SeriesTail>();
  storeNames.forEach((store, s) => {
    const tickets = column(2 * (seriesCount + s));
    const open = column(2 * (seriesCount + s) + 1);
    const storeDays = new Set([...tickets.keys(), ...open.keys()]);
    storeTails.set(store, { milliUnits: nothing, onpromotion: nothing, tickets, storeDays });
  });

  const firstDays = new Map<string, DayNumber>();
  const series = Array.from({ length: seriesCount }, (_, i): [string, string] => {
    const [name = '', end, packed = ''] = seriesList.slice(3 * i, 3 * i + 3);
    const columns = openColumns(packed, Number(end), liveFrom);
    const store = storeOfField(name);
    if (!firstDays.has(store)) firstDays.set(store, columns.firstDay);
    const tickets = storeTails.get(store)?.tickets ?? nothing;
    const storeDays = storeTails.get(store)?.storeDays ?? new Set();
    const own = { milliUnits: column(2 * i), onpromotion: column(2 * i + 1), tickets, storeDays };
    return [name, packSeries(extendSeries(columns, own, through, RETENTION.historyDays))];
  });
  const stores = storeNames.flatMap((store, s): [string, string][] => {
    const [end = '', packed = ''] = storeList.slice(3 * s + 1, 3 * s + 3);
    const tickets = openTickets(packed, end, firstDays.get(store) ?? liveFrom);
    const storeTail = storeTails.get(store);
    if (!storeTail || lastDayOf(tickets) >= through) return [];
    return [[store, packTickets(extendTickets(tickets, storeTail, through, RETENTION.historyDays))]];
  });
  return { series, stores };
}
