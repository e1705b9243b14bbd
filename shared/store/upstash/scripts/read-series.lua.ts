import { LUA_BASICS, LUA_DATE, type LuaScript } from './lua-script.ts';

/**
 * The forecast inputs of one series in one request; changes nothing. A script sees one moment, so that packed days,
 * the day on which they end and the buckets after it belong together.
 *
 * KEYS: state, history, compacted. ARGV: series, store, last day, days to keep, prefix of daily hashes.
 * Answers null for an unknown series, else watermark, first live day, last packed day of the series and of the tickets
 * (or `''`), the packed columns (or `''`), the first day of the tail, and for each of its days what the bucket says of
 * sales, promotions, tickets, and whether the store was open.
 */
export const READ_SERIES: LuaScript = {
  name: 'read series',
  source: `${LUA_BASICS}${LUA_DATE}
local series, store, through, keep = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ends = redis.call('ZSCORE', KEYS[3], series)
if not ends then return false end
local held = redis.call('HMGET', KEYS[1], 'watermark', 'live_from', 'tickets:' .. store)
local packed = redis.call('HMGET', KEYS[2], series, store)
local first = tonumber(packed[1] and string.match(packed[1], '^(%d+):') or held[2])
local tickets_end = number_of(held[3]) or first - 1
local from = math.max(math.min(tonumber(ends), tickets_end) + 1, through - keep + 1)
local answer = { held[1] or '', held[2], ends, held[3] or '', packed[1] or '', packed[2] or '', from }
for day = from, through do
  local fields = redis.call('HMGET', ARGV[5] .. date_of(day), series, 'promo:' .. series, 'tickets:' .. store,
    'open:' .. store)
  for i = 1, 4 do answer[#answer + 1] = fields[i] end
end
return answer
`,
};
