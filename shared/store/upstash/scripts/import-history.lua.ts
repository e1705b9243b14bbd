import {
  LUA_BASICS,
  LUA_BUCKETS,
  LUA_COMPACTED_RANGE,
  LUA_OPENINGS,
  LUA_TOKEN,
  type LuaScript,
} from './lua-script.ts';

/**
 * Writes the history of one store and its share of the week and month in progress. KEYS: state, history, compacted,
 * index of buckets, then hash and opening hash of each bucket. ARGV: token, store, the day before the first live one,
 * packed tickets, number of series, name and packed column of each, then each bucket's part.
 * Answers `imported`, `already-imported`, or `changed` when the columns were joined with something that is no more.
 *
 * All or nothing as in `commit`: sums are checked before the first write, and `imported:<store>`, which makes a second
 * call a no-op, is written last. A series that has live days already keeps the day on which they end.
 */
export const IMPORT_HISTORY: LuaScript = {
  name: 'import history',
  source: `${LUA_BASICS}${LUA_BUCKETS}${LUA_OPENINGS}${LUA_COMPACTED_RANGE}${LUA_TOKEN}
local state, history, compacted, index = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local store, before_live = ARGV[2], ARGV[3]
local held = redis.call('HMGET', state, 'watermark', 'revision', 'imported:' .. store, 'tickets:' .. store)
if held[3] then return 'already-imported' end
if token_of(held[1], held[2]) ~= ARGV[1] then return 'changed' end

local columns, ends = { store, ARGV[4] }, {}
local at = 6
for _ = 1, tonumber(ARGV[5]) do
  columns[#columns + 1] = ARGV[at]
  columns[#columns + 1] = ARGV[at + 1]
  ends[#ends + 1] = before_live
  ends[#ends + 1] = ARGV[at]
  at = at + 2
end
local planned, kinds, problem = plan_openings(5, at)
if not planned then return problem end

write('HSET', history, columns)
for i = 1, #ends, 4000 do redis.call('ZADD', compacted, 'NX', unpack(ends, i, math.min(i + 3999, #ends))) end
if #kinds > 0 then write('ZADD', index, kinds) end
for _, bucket in ipairs(planned) do write_bucket(bucket, nil) end
local update = { 'imported:' .. store, '1', 'tickets:' .. store, held[4] or before_live,
  'revision', text((number_of(held[2]) or 0) + 1) }
compacted_range(compacted, update)
redis.call('HSET', state, unpack(update))
return 'imported'
`,
};
