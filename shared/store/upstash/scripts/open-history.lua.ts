import { LUA_BASICS, LUA_BUCKETS, LUA_COMPACTED_RANGE, LUA_OPENINGS, type LuaScript } from './lua-script.ts';

/**
 * Opens an empty store. KEYS: state, compacted, index of buckets, then hash and opening hash of each bucket.
 * ARGV: first live day, how many stores will be imported, prefix of daily hashes, then each bucket's part.
 * Answers `opened`, `already-open`, or the day number from which the store is open.
 *
 * All or nothing as in `commit`: both hashes of every bucket are read and checked before the first write, and the
 * first live day, which makes a second call a no-op, is written last. What precedes it only adds members to sets.
 * Series that were sold before the opening start their history now.
 */
export const OPEN_HISTORY: LuaScript = {
  name: 'open history',
  source: `${LUA_BASICS}${LUA_BUCKETS}${LUA_OPENINGS}${LUA_COMPACTED_RANGE}
local state, compacted, index = KEYS[1], KEYS[2], KEYS[3]
local live_from = ARGV[1]
local open = redis.call('HGET', state, 'live_from')
if open == live_from then return 'already-open' end
if open then return open end

local planned, kinds, problem = plan_openings(4, 4)
if not planned then return problem end

local sold, scores = {}, {}
for _, bucket in ipairs(planned) do
  if bucket.day then
    for _, series in ipairs(bucket.fresh) do sold[series] = true end
  end
end
for _, member in ipairs(redis.call('ZRANGEBYLEX', index, '[sales_daily:', '(sales_daily;')) do
  local date = string.sub(member, #'sales_daily:' + 1)
  for _, field in ipairs(redis.call('HKEYS', ARGV[3] .. date)) do
    if string.match(field, '^%d+:') then sold[field] = true end
  end
end
for series in pairs(sold) do
  scores[#scores + 1] = text(tonumber(live_from) - 1)
  scores[#scores + 1] = series
end

if #scores > 0 then write('ZADD', compacted, scores) end
if #kinds > 0 then write('ZADD', index, kinds) end
for _, bucket in ipairs(planned) do write_bucket(bucket, nil) end
local update = { 'live_from', live_from, 'store_count', ARGV[2] }
compacted_range(compacted, update)
redis.call('HSET', state, unpack(update))
return 'opened'
`,
};
