import {
  LUA_BASICS,
  LUA_BUCKETS,
  LUA_COMPACTED_RANGE,
  LUA_DATE,
  LUA_NAMES,
  LUA_OPENINGS,
  LUA_TOKEN,
  type LuaScript,
} from './lua-script.ts';

/**
 * Opens an empty store. KEYS: state, compacted, index of buckets, then hash and opening hash of each bucket.
 * ARGV: first live day, how many stores will be imported, prefix of daily hashes, identity or `''`, then each bucket's
 * part.
 * Answers `opened`, `already-open`, or the day number from which the store is open.
 *
 * All or nothing as in `commit`: both hashes of every bucket are read and checked before the first write, and the
 * first live day, which makes a second call a no-op, is written last. What precedes it only adds members to sets.
 * Series that were sold before the opening start their history now.
 */
export const OPEN_HISTORY: LuaScript = {
  name: 'open history',
  source: `${LUA_BASICS}${LUA_NAMES}${LUA_BUCKETS}${LUA_OPENINGS}${LUA_COMPACTED_RANGE}
local state, compacted, index = KEYS[1], KEYS[2], KEYS[3]
local live_from = ARGV[1]
local open = redis.call('HGET', state, 'live_from')
if open == live_from then return 'already-open' end
if open then return open end

local planned, kinds, problem = plan_openings(4, 5)
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
    local series = series_of(field)
    if series then sold[series] = true end
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
if ARGV[4] ~= '' then
  update[#update + 1] = 'identity'
  update[#update + 1] = ARGV[4]
end
compacted_range(compacted, update)
redis.call('HSET', state, unpack(update))
return 'opened'
`,
};

/**
 * What an import of one store's history has to be joined with; changes nothing. KEYS: state, history, compacted.
 * ARGV: store, then its series. Answers the token, the first live day (or `''`), `1` when the store is imported
 * already, the last packed day of the tickets (or `''`), their column (or `''`), and for each series the same two.
 */
export const READ_FOR_IMPORT: LuaScript = {
  name: 'read what an import joins',
  source: `${LUA_BASICS}${LUA_TOKEN}
local store = ARGV[1]
local held = redis.call('HMGET', KEYS[1], 'watermark', 'revision', 'live_from', 'imported:' .. store, 'tickets:' .. store)
local names = {}
for i = 2, #ARGV do names[#names + 1] = ARGV[i] end
local ends = #names > 0 and read('ZMSCORE', KEYS[3], names) or {}
names[#names + 1] = store
local packed = read('HMGET', KEYS[2], names)
local answer = { token_of(held[1], held[2]), held[3] or '', held[4] or '', held[5] or '', packed[#names] or '' }
for i = 1, #names - 1 do
  answer[#answer + 1] = ends[i] or ''
  answer[#answer + 1] = packed[i] or ''
end
return answer
`,
};

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
  source: `${LUA_BASICS}${LUA_NAMES}${LUA_BUCKETS}${LUA_OPENINGS}${LUA_COMPACTED_RANGE}${LUA_TOKEN}
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

/**
 * The forecast inputs of some series in one request; changes nothing. A script sees one moment, so that packed days,
 * the day on which they end and the buckets after it belong together.
 *
 * KEYS: state, history, compacted. ARGV: last day, days to keep, prefix of daily hashes, then each series and its store.
 * Answers for each series null if it is unknown, else watermark, first live day, last packed day of the series and of
 * the tickets (or `''`), the packed columns (or `''`), the first day of the tail, and for each of its days what the
 * bucket says of sales, promotions, tickets, and whether the store was open.
 */
export const READ_SERIES: LuaScript = {
  name: 'read series',
  source: `${LUA_BASICS}${LUA_NAMES}${LUA_DATE}
local through, keep, prefix = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local function read_series(series, store)
  local ends = redis.call('ZSCORE', KEYS[3], series)
  if not ends then return false end
  local held = redis.call('HMGET', KEYS[1], 'watermark', 'live_from', 'tickets:' .. store)
  local packed = redis.call('HMGET', KEYS[2], series, store)
  local first = tonumber(packed[1] and string.match(packed[1], '^(%d+):') or held[2])
  local tickets_end = number_of(held[3]) or first - 1
  local from = math.max(math.min(tonumber(ends), tickets_end) + 1, through - keep + 1)
  local answer = { held[1] or '', held[2], ends, held[3] or '', packed[1] or '', packed[2] or '', from }
  for day = from, through do
    local fields = redis.call('HMGET', prefix .. date_of(day), sales_field(series), 'promo:' .. series,
      'tickets:' .. store, 'open:' .. store)
    for i = 1, 4 do answer[#answer + 1] = fields[i] end
  end
  return answer
end
local answers = {}
for i = 4, #ARGV, 2 do answers[#answers + 1] = read_series(ARGV[i], ARGV[i + 1]) end
return answers
`,
};
