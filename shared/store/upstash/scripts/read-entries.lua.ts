import { LUA_BASICS, type LuaScript } from './lua-script.ts';

/**
 * Entries after an id, oldest first, together with the watermark of the same moment; changes nothing.
 * KEYS: state, stream. ARGV: the id (`''`: from the start, `watermark`: after the watermark), how many, how many bytes
 * of payload. Answers the watermark (or `''`), `1` when more entries follow, and id, number and payload of each entry;
 * at least one entry if there is one, fewer than asked for when their payloads are long. Pages of 128 entries keep the
 * script's memory small.
 */
export const READ_ENTRIES: LuaScript = {
  name: 'read entries',
  source: `${LUA_BASICS}
local state, stream = KEYS[1], KEYS[2]
local after, limit, room = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local watermark = redis.call('HGET', state, 'watermark') or ''
if after == 'watermark' then after = watermark end
local answer = { watermark, '0' }
local taken, bytes = 0, 0
while true do
  local asked = math.min(128, limit - taken + 1)
  local page = redis.call('XRANGE', stream, after == '' and '-' or '(' .. after, '+', 'COUNT', asked)
  for _, entry in ipairs(page) do
    local fields = {}
    for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
    bytes = bytes + #fields.p
    if taken == limit or (taken > 0 and bytes > room) then
      answer[2] = '1'
      return answer
    end
    taken, after = taken + 1, entry[1]
    answer[#answer + 1] = entry[1]
    answer[#answer + 1] = fields.n
    answer[#answer + 1] = fields.p
  end
  if #page < asked then return answer end
end
`,
};
