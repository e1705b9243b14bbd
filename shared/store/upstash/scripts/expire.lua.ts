import { LUA_BASICS, LUA_TOKEN, type LuaScript } from './lua-script.ts';

/**
 * Drops what has expired. KEYS: state, stream, dead letters, index of buckets. ARGV: token, the first entry id to keep
 * or `''`, score below which dead letters go, first daily bucket that stays or `''`, then for each kind of bucket its
 * name, the first period to keep, prefix of its hash, prefix of its opening hash, and a pattern of its fields.
 * Answers how many buckets and entries were dropped, or `-1` twice when the plan was made from another state.
 *
 * The plan keeps daily buckets that are not compacted yet; a late row between plan and script changes the token. The
 * first entry id to keep is never above the watermark of the same token. Everything here is dropped for good and
 * dropping it twice is the same as once, so a script that stopped midway is finished by the next call.
 */
export const EXPIRE: LuaScript = {
  name: 'expire',
  source: `${LUA_BASICS}${LUA_TOKEN}
local state, stream, letters, index = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local held = redis.call('HMGET', state, 'watermark', 'revision', 'daily_from')
if token_of(held[1], held[2]) ~= ARGV[1] then return { -1, -1 } end

local function drop(key, kind, pattern)
  local gone, left = {}, 0
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.match(field, pattern) or field == 'has:' .. kind then
      gone[#gone + 1] = field
    elseif pattern == '^%d+:' and string.match(field, '^open:') then
      gone[#gone + 1] = field
    elseif field ~= 'watermark' then
      left = left + 1
    end
  end
  if left == 0 then
    redis.call('DEL', key)
  elseif #gone > 0 then
    write('HDEL', key, gone)
  end
end

local dropped = 0
for i = 5, #ARGV, 5 do
  local kind, keep_from = ARGV[i], ARGV[i + 1]
  local members = redis.call('ZRANGEBYLEX', index, '[' .. kind .. ':', '(' .. kind .. ':' .. keep_from)
  for _, member in ipairs(members) do
    local period = string.sub(member, #kind + 2)
    drop(ARGV[i + 2] .. period, kind, ARGV[i + 4])
    drop(ARGV[i + 3] .. period, kind, ARGV[i + 4])
    dropped = dropped + 1
  end
  if #members > 0 then write('ZREM', index, members) end
end
local trimmed = 0
if ARGV[2] ~= '' then trimmed = redis.call('XTRIM', stream, 'MINID', '=', ARGV[2]) end
redis.call('ZREMRANGEBYSCORE', letters, '-inf', '(' .. ARGV[3])
local update = { 'dead_letters', redis.call('ZCARD', letters) }
if ARGV[4] ~= '' then
  update[3], update[4] = 'daily_from', text(math.max(tonumber(ARGV[4]), number_of(held[3]) or 0))
end
redis.call('HSET', state, unpack(update))
return { dropped, trimmed }
`,
};
