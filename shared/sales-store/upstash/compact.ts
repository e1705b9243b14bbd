import type { DayNumber } from '../../calendar/day-number.ts';
import { storeOfField } from '../check-commit.ts';
import { RETENTION } from '../retention.ts';
import { extendSeries, extendTickets, lastDayOf, type SeriesTail } from '../series-reading.ts';
import type { StoreKeys } from './keys.ts';
import {
  LUA_BASICS,
  LUA_COMPACTED_RANGE,
  LUA_DATE,
  LUA_NAMES,
  LUA_TOKEN,
  type LuaScript,
} from './lua-script.ts';
import { openColumns, openTickets, packSeries, packTickets } from './packed-history.ts';
import type { Requests } from './requests.ts';

/**
 * What is needed to compact the series that are furthest behind; changes nothing.
 *
 * KEYS: state, history, compacted. ARGV: last day, how many series at most, how many values of the tail at most, days
 * to keep, prefix of daily hashes. Answers the token, how many series lag, the first live day, the first day of the
 * tail, lists of series (name, last packed day, packed), of stores (name, last packed day or `''`, packed or `''`) and
 * one list for each day of the tail: two values for each series, then two for each store.
 */
export const READ_LAGGING: LuaScript = {
  name: 'read lagging series',
  source: `${LUA_BASICS}${LUA_NAMES}${LUA_DATE}${LUA_TOKEN}
local state, history, compacted = KEYS[1], KEYS[2], KEYS[3]
local through, keep = tonumber(ARGV[1]), tonumber(ARGV[4])
local held = redis.call('HMGET', state, 'watermark', 'revision', 'live_from')
local token = token_of(held[1], held[2])
local lagging = redis.call('ZRANGEBYSCORE', compacted, '-inf', '(' .. ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
if #lagging == 0 then return { token, 0 } end

local days = math.min(keep, math.max(1, through - tonumber(lagging[2])))
local count = math.max(1, math.min(#lagging / 2, math.floor(tonumber(ARGV[3]) / (2 * days))))
local names, stores, known, fields = {}, {}, {}, {}
for i = 1, count do
  local series = lagging[2 * i - 1]
  local store = store_of(series)
  names[i] = series
  if not known[store] then
    known[store] = true
    stores[#stores + 1] = store
    fields[#fields + 1] = 'tickets:' .. store
  end
end
local ticket_ends = redis.call('HMGET', state, unpack(fields))
for _, store in ipairs(stores) do names[#names + 1] = store end
local packed = read('HMGET', history, names)

local from = through + 1
local series_list, store_list, earliest = {}, {}, {}
for i = 1, count do
  local series, ends = lagging[2 * i - 1], lagging[2 * i]
  local store = store_of(series)
  local first = tonumber(packed[i] and string.match(packed[i], '^(%d+):') or held[3])
  earliest[store] = math.min(earliest[store] or first, first)
  from = math.min(from, tonumber(ends) + 1)
  series_list[#series_list + 1] = series
  series_list[#series_list + 1] = ends
  series_list[#series_list + 1] = packed[i] or ''
end
for i, store in ipairs(stores) do
  from = math.min(from, (number_of(ticket_ends[i]) or earliest[store] - 1) + 1)
  store_list[#store_list + 1] = store
  store_list[#store_list + 1] = ticket_ends[i] or ''
  store_list[#store_list + 1] = packed[count + i] or ''
end
from = math.max(from, through - keep + 1)

local wanted = {}
for i = 1, count do
  wanted[#wanted + 1] = sales_field(names[i])
  wanted[#wanted + 1] = 'promo:' .. names[i]
end
for _, store in ipairs(stores) do
  wanted[#wanted + 1] = 'tickets:' .. store
  wanted[#wanted + 1] = 'open:' .. store
end
local tail = {}
for day = from, through do tail[#tail + 1] = read('HMGET', ARGV[5] .. date_of(day), wanted) end
return { token, 1, held[3], from, series_list, store_list, tail }
`,
};

/**
 * Writes packed histories that now end on `through`. KEYS: state, history, compacted. ARGV: token, last day, number of
 * series, name and packed column of each, then store and packed tickets of each store.
 * Answers whether they were written (`1`) or something has changed since the token was given (`0`), and how many
 * series still lag.
 *
 * A late row between reading and writing changes the watermark and with it the token, so that a day which a row has
 * just opened again is never closed over it. Columns are written before the days on which they end: bytes past that
 * day are void, so a script that stopped in between would have changed no reading.
 */
export const WRITE_COMPACTED: LuaScript = {
  name: 'write compacted histories',
  source: `${LUA_BASICS}${LUA_COMPACTED_RANGE}${LUA_TOKEN}
local state, history, compacted = KEYS[1], KEYS[2], KEYS[3]
local held = redis.call('HMGET', state, 'watermark', 'revision')
local written = token_of(held[1], held[2]) == ARGV[1]
if written then
  local columns, ends = {}, {}
  local update = { 'revision', text((number_of(held[2]) or 0) + 1) }
  for i = 4, #ARGV, 2 do
    columns[#columns + 1] = ARGV[i]
    columns[#columns + 1] = ARGV[i + 1]
    if (i - 4) / 2 < tonumber(ARGV[3]) then
      ends[#ends + 1] = ARGV[2]
      ends[#ends + 1] = ARGV[i]
    else
      update[#update + 1] = 'tickets:' .. ARGV[i]
      update[#update + 1] = ARGV[2]
    end
  end
  write('HSET', history, columns)
  write('ZADD', compacted, ends)
  compacted_range(compacted, update)
  write('HSET', state, update)
end
return { written and 1 or 0, redis.call('ZCOUNT', compacted, '-inf', '(' .. ARGV[2]) }
`,
};

/** Series of one round: a megabyte of packed history each way. */
const SERIES_PER_ROUND = 250;
/** Values of the daily buckets that one answer may hold. */
const MAX_TAIL_VALUES = 100_000;
/** Rounds that may find the store changed meanwhile before the rest is left to a later call. */
const MAX_LOST_ROUNDS = 5;

/**
 * Folds finished days into packed histories, round by round: read, join, and write back if nothing has changed.
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
