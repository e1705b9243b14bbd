import { LUA_BASICS, LUA_DATE, LUA_TOKEN, type LuaScript } from './lua-script.ts';

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
  source: `${LUA_BASICS}${LUA_DATE}${LUA_TOKEN}
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
  local store = string.match(series, '^(%d+):')
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
  local store = string.match(series, '^(%d+):')
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
  wanted[#wanted + 1] = names[i]
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
