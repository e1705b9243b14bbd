import { LUA_BASICS, LUA_COMPACTED_RANGE, LUA_TOKEN, type LuaScript } from './lua-script.ts';

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
  source: `${LUA_BASICS}${LUA_COMPACTED_RANGE}${LUA_TOKEN}
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
    if reopened[string.match(ends[i], '^(%d+):')] and tonumber(ends[i + 1]) > through then
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
    if string.match(pairs_to_write[i], '^%d+:') then
      fresh[#fresh + 1] = text(live_from - 1)
      fresh[#fresh + 1] = pairs_to_write[i]
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
