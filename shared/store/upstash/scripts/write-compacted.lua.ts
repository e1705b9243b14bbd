import { LUA_BASICS, LUA_COMPACTED_RANGE, LUA_TOKEN, type LuaScript } from './lua-script.ts';

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
