import { at } from '../../at.ts';
import { toDayNumber } from '../../calendar/day-number.ts';
import { type BucketAudit, type BucketRecord, type RecordRepair, storesToRepack } from '../bucket-audit.ts';
import { fitsKind, isBucket, storeOfField } from '../check-commit.ts';
import { isEntryId, parseEntryId, toEntryId } from '../entry-id.ts';
import type { BucketKind } from '../sales-store.ts';
import type { SeriesColumns, TicketColumn } from '../series-reading.ts';
import { lastDayOf } from '../series-reading.ts';
import { BUCKET, createKeys, fieldOfName, nameOfField, STATE } from './keys.ts';
import { LUA_BASICS, LUA_COMPACTED_RANGE, LUA_NAMES, LUA_TOKEN, type LuaScript } from './lua-script.ts';
import { openColumns, unpackTickets } from './packed-history.ts';
import type { RedisClient } from './redis-client.ts';
import { createRequests, toTexts, UpstashStoreError } from './requests.ts';
import { READ_ENTRIES } from './stream.ts';

/**
 * A hash of buckets as it is, together with the watermark of the same moment; changes nothing. KEYS: state, hash, index
 * of buckets. ARGV: members of the index to look for. Answers the token, the watermark (or `''`), the type of the key,
 * its fields and values in turns (none when it is no hash), and `1` or `0` for each member.
 */
export const READ_RECORD: LuaScript = {
  name: 'read a record of buckets',
  source: `${LUA_BASICS}${LUA_TOKEN}
local held = redis.call('HMGET', KEYS[1], 'watermark', 'revision')
local kind = redis.call('TYPE', KEYS[2]).ok
local fields = kind == 'hash' and redis.call('HGETALL', KEYS[2]) or {}
local listed = {}
for i, member in ipairs(ARGV) do listed[i] = redis.call('ZSCORE', KEYS[3], member) and '1' or '0' end
return { token_of(held[1], held[2]), held[1] or '', kind, fields, listed }
`,
};

/**
 * Replaces what a hash of buckets holds. KEYS: state, hash, index of buckets, compacted. ARGV: token, the watermark that
 * the hash had (or `''`), the one that it gets (or `''`), its day (or `''`), then four lists, each after its length:
 * fields to drop, members of the index, stores whose packed histories are made again from that day on, and pairs of
 * field and value to write.
 * Answers `repaired`, `changed` or `expired`.
 *
 * Why no commit is lost: a script runs alone, and this one writes only if the store's watermark is the one that the sums
 * were made for. A commit that came after the reading has moved the watermark, so that the answer is `changed` and
 * nothing is written; a commit that comes after this script finds sums that are right for the watermark that it
 * expects, under that watermark, and adds to them. The same holds for imports and compactions, which move the revision;
 * this script moves it too, so that a compaction that has read the old sums is refused, and of two repairs made from
 * one reading only the first is written. A hash that has expired since has lost its watermark, and a day that has
 * expired is refused, so that nothing comes back.
 * All or nothing: the types of all keys are known before the first write (state and compacted from the store's own
 * scripts, the hash from `TYPE`), and numbers were checked by the sender. What is written before the sums only makes
 * readings use more buckets.
 */
export const REPAIR_RECORD: LuaScript = {
  name: 'repair a record of buckets',
  source: `${LUA_BASICS}${LUA_NAMES}${LUA_COMPACTED_RANGE}${LUA_TOKEN}
local state, hash, index, compacted = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local held = redis.call('HMGET', state, 'watermark', 'revision', 'live_from', 'daily_from')
if token_of(held[1], held[2]) ~= ARGV[1] then return 'changed' end
local kind = redis.call('TYPE', hash).ok
local current = kind == 'hash' and redis.call('HGET', hash, 'watermark') or ''
if (current or '') ~= ARGV[2] then return 'changed' end
local day, live_from, daily_from = tonumber(ARGV[4]), number_of(held[3]), number_of(held[4])
if day and daily_from and day < daily_from then return 'expired' end

local at = 5
local function list()
  local items, count = {}, tonumber(ARGV[at])
  for i = at + 1, at + count do items[#items + 1] = ARGV[i] end
  at = at + 1 + count
  return items
end
local gone, members, stores, pairs_to_write = list(), list(), list(), list()
local update = { 'revision', text((number_of(held[2]) or 0) + 1) }

if day and live_from and #stores > 0 then
  local floor = math.max(live_from, daily_from or 0) - 1
  local through = math.max(day - 1, floor)
  local reopened = {}
  for _, store in ipairs(stores) do reopened[store] = true end
  local cut = {}
  local ends = redis.call('ZRANGE', compacted, 0, -1, 'WITHSCORES')
  for i = 1, #ends, 2 do
    if reopened[store_of(ends[i])] and tonumber(ends[i + 1]) > through then
      cut[#cut + 1] = text(through)
      cut[#cut + 1] = ends[i]
    end
  end
  if #cut > 0 then write('ZADD', compacted, cut) end
  local names = {}
  for i, store in ipairs(stores) do names[i] = 'tickets:' .. store end
  for i, last in ipairs(read('HMGET', state, names)) do
    if last and tonumber(last) > through then
      update[#update + 1] = names[i]
      update[#update + 1] = text(through)
    end
  end
  local fresh = {}
  for i = 1, #pairs_to_write, 2 do
    local series = series_of(pairs_to_write[i])
    if series then
      fresh[#fresh + 1] = text(live_from - 1)
      fresh[#fresh + 1] = series
    end
  end
  for i = 1, #fresh, 4000 do
    redis.call('ZADD', compacted, 'NX', unpack(fresh, i, math.min(i + 3999, #fresh)))
  end
  compacted_range(compacted, update)
end
if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', hash) end
if #members > 0 then write('ZADD', index, members) end
write('HSET', state, update)
if #gone > 0 then write('HDEL', hash, gone) end
if ARGV[3] ~= '' then
  pairs_to_write[#pairs_to_write + 1] = 'watermark'
  pairs_to_write[#pairs_to_write + 1] = ARGV[3]
end
if #pairs_to_write > 0 then write('HSET', hash, pairs_to_write) end
return 'repaired'
`,
};

/**
 * Packed columns as they are, with the days on which they end; changes nothing. KEYS: state, history, compacted. ARGV:
 * `series` or `tickets`, then names of series or stores. Answers the first live day, and for each name the last day that
 * counts (or `''`) and the column (or `''`).
 */
const READ_PACKED: LuaScript = {
  name: 'read packed histories',
  source: `${LUA_BASICS}
local state, history, compacted = KEYS[1], KEYS[2], KEYS[3]
local names = {}
for i = 2, #ARGV do names[#names + 1] = ARGV[i] end
local packed = read('HMGET', history, names)
local ends
if ARGV[1] == 'series' then
  ends = read('ZMSCORE', compacted, names)
else
  local fields = {}
  for i, name in ipairs(names) do fields[i] = 'tickets:' .. name end
  ends = read('HMGET', state, fields)
end
local answer = { redis.call('HGET', state, 'live_from') or '' }
for i = 1, #names do
  answer[#answer + 1] = ends[i] or ''
  answer[#answer + 1] = packed[i] or ''
end
return answer
`,
};

const DAILY: BucketRecord['kinds'] = [
  'sales_daily',
  'sales_intraday',
  'onpromotion_daily',
  'transactions_daily',
];
const MAX_ANSWER_BYTES = 4_000_000;

/**
 * The buckets of a store in Redis, where all of a day are one hash.
 *
 * @throws every operation: {UpstashStoreError} when the database does not answer.
 */
export function createUpstashAudit(redis: RedisClient, { namespace = '' } = {}): BucketAudit {
  const requests = createRequests(redis);
  const keys = createKeys(namespace);
  const keyOf = ({ kinds: [kind], period }: BucketRecord) => keys.bucketPrefix(kind) + period;
  const recordOf = (kind: BucketKind, period: string): BucketRecord => ({
    kinds: kind === 'sales_weekly' || kind === 'sales_monthly' ? [kind] : DAILY,
    period,
  });

  const readPacked = async (what: 'series' | 'tickets', names: readonly string[]) => {
    const reply = await requests.read(
      READ_PACKED,
      [keys.state, keys.history, keys.compacted],
      [what, ...names],
    );
    const [liveFrom = '', ...flat] = reply as string[];
    return names.map((_, i) => {
      const end = at(flat, 2 * i);
      return {
        liveFrom: Number(liveFrom),
        end: end === '' ? Number.NaN : Number(end),
        packed: at(flat, 2 * i + 1),
      };
    });
  };

  return {
    recordOf,
    listRecords: async () => {
      const members = toTexts(await requests.command('list buckets', ['ZRANGE', keys.buckets, '0', '-1']));
      const records = new Map<string, BucketRecord>();
      for (const member of members) {
        const colon = member.indexOf(':');
        const [kind, period] = [member.slice(0, colon), member.slice(colon + 1)];
        if (!isBucket(kind, period)) continue;
        const record = recordOf(kind, period);
        records.set(keyOf(record), record);
      }
      return [...records.values()];
    },
    readRecord: async (record) => {
      const members = record.kinds.map((kind) => `${kind}:${record.period}`);
      const reply = await requests.read(READ_RECORD, [keys.state, keyOf(record), keys.buckets], members);
      const [token, countedTo, type, flat, listed] = reply as [string, string, string, string[], string[]];
      const { watermark, values, strays, marks } = sortFields(record.kinds, flat);
      if (type !== 'hash' && type !== 'none') strays.push({ name: 'the key', value: `is a ${type}` });
      return {
        ...record,
        token: `${token} ${watermark}`,
        countedTo: countedTo === '' ? null : toEntryId(countedTo),
        exists: type !== 'none',
        watermark: isEntryId(watermark) ? watermark : null,
        values,
        strays,
        missingMarks: [
          ...marksOf(values).filter((mark) => !marks.has(mark)),
          ...members.filter((_, i) => values.get(at(record.kinds, i))?.size && listed[i] === '0'),
        ],
      };
    },
    repairRecord: async (repair) => {
      const { held, values, watermark } = repair;
      const space = held.token.indexOf(' ');
      const present = record(values);
      const before = record(held.values);
      const gone = [...before.keys(), ...held.strays.map(({ name }) => name)].filter(
        (name) => !present.has(name),
      );
      const isHash = !held.strays.some(({ name }) => name === 'the key');
      const members = held.kinds
        .filter((kind) => values.get(kind)?.size)
        .flatMap((kind) => ['0', `${kind}:${held.period}`]);
      const pairs = [...present].flatMap(([name, value]) =>
        isHash && before.get(name) === value ? [] : [name, String(value)],
      );
      for (const mark of marksOf(values)) pairs.push(mark, '1');
      const isDaily = held.kinds.includes('sales_daily');
      const lists = [isHash ? gone : [], members, isDaily ? storesToRepack(repair) : [], pairs];
      const args = [
        held.token.slice(0, space),
        held.token.slice(space + 1),
        watermark ?? '',
        isDaily ? String(toDayNumber(held.period)) : '',
        ...lists.flatMap((list) => [String(list.length), ...list]),
      ];
      const names = [keys.state, keyOf(held), keys.buckets, keys.compacted];
      const answer = await requests.write(REPAIR_RECORD, names, args);
      if (answer === 'repaired' || answer === 'changed' || answer === 'expired') return answer;
      throw new UpstashStoreError(`repair: ${String(answer)}`);
    },
    readEntries: async (after, limit) => {
      if (after !== null) parseEntryId(after);
      const args = [after ?? '', String(limit), String(MAX_ANSWER_BYTES)];
      const reply = await requests.read(READ_ENTRIES, [keys.state, keys.stream], args);
      const flat = (reply as string[]).slice(2);
      return Array.from({ length: flat.length / 3 }, (_, i) => ({
        id: toEntryId(at(flat, 3 * i)),
        number: Number(at(flat, 3 * i + 1)),
        payload: at(flat, 3 * i + 2),
      }));
    },
    listHistories: async () => {
      const series = toTexts(await requests.command('list histories', ['ZRANGE', keys.compacted, '0', '-1']));
      const fields = toTexts(await requests.command('list histories', ['HKEYS', keys.state]));
      const { ticketsPrefix } = STATE;
      const stores = fields.flatMap((field) =>
        field.startsWith(ticketsPrefix) ? [field.slice(ticketsPrefix.length)] : [],
      );
      return { series: series.toSorted(), stores: stores.toSorted() };
    },
    readHistories: async (series) => {
      if (series.length === 0) return [];
      const columns = await readPacked('series', series);
      return columns.map(({ end, packed, liveFrom }) =>
        toColumns(end, () => openColumns(packed, end, liveFrom)),
      );
    },
    readTicketHistories: async (stores) => {
      if (stores.length === 0) return [];
      const columns = await readPacked('tickets', stores);
      return columns.map(({ end, packed }) => toColumns(end, () => unpackTickets(packed, end)));
    },
  };
}

/** Columns that reach the day on which they end; null for all others. */
function toColumns<T extends SeriesColumns | TicketColumn>(end: number, open: () => T): T | null {
  try {
    const columns = open();
    return lastDayOf(columns) >= end ? columns : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Values by the names of their fields in the hash. */
function record(values: RecordRepair['values']): Map<string, number> {
  const named = new Map<string, number>();
  for (const [kind, fields] of values) {
    for (const [field, value] of fields) named.set(nameOfField(kind, field), value);
  }
  return named;
}

/** What a hash with these values holds besides: which kinds are in it, and which stores were open. */
function marksOf(values: RecordRepair['values']): string[] {
  const marks = new Set<string>();
  for (const [kind, fields] of values) {
    if (fields.size > 0) marks.add(BUCKET.hasPrefix + kind);
    if (kind !== 'sales_daily') continue;
    for (const field of fields.keys()) marks.add(BUCKET.openPrefix + storeOfField(field));
  }
  return [...marks];
}

/** Tells values, marks and the watermark of a hash apart, and what is none of them. */
function sortFields(kinds: readonly BucketKind[], flat: readonly string[]) {
  const values = new Map<BucketKind, Map<string, number>>(kinds.map((kind) => [kind, new Map()]));
  const strays: { name: string; value: string }[] = [];
  const marks = new Set<string>();
  let watermark = '';
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name = '', value = ''] = [flat[i], flat[i + 1]];
    if (name === BUCKET.watermark) {
      watermark = value;
      if (!isEntryId(value)) strays.push({ name, value });
      continue;
    }
    if (isMark(name, kinds)) {
      marks.add(name);
      continue;
    }
    const [place] = kinds.flatMap((kind) => {
      const field = fieldOfName(kind, name);
      return field !== null && fitsKind(kind, field) ? [{ kind, field }] : [];
    });
    const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    if (place && Number.isSafeInteger(number)) values.get(place.kind)?.set(place.field, number);
    else strays.push({ name, value });
  }
  return { watermark, values, strays, marks };
}

function isMark(name: string, kinds: readonly BucketKind[]): boolean {
  if (kinds.some((kind) => name === BUCKET.hasPrefix + kind)) return true;
  const { openPrefix } = BUCKET;
  return (
    kinds.includes('sales_daily') &&
    name.startsWith(openPrefix) &&
    fitsKind('transactions_daily', name.slice(openPrefix.length))
  );
}
