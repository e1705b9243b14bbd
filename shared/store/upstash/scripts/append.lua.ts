import { LUA_BASICS, type LuaScript } from './lua-script.ts';

/**
 * Appends entries, oldest first. KEYS: state, stream. ARGV: id and payload of each entry.
 * Answers one of `a` (appended), `d` (duplicate), `c` (conflict) for each.
 *
 * Why a retry changes nothing: an id at or below the newest is never added, only compared with what is there.
 * Why nothing is lost behind the aggregator's back: `newest` is at least the watermark, so an entry that no aggregator
 * would read any more is a conflict. `newest` is kept outside the stream because the stream's own memory of its last
 * id does not outlive the stream.
 * Why a failure midway does no harm: each XADD is complete by itself. Should `newest` be behind the stream (two keys
 * can come from different moments after a failover), Redis itself refuses the id; the entry is then compared like any
 * duplicate, and `newest` and the running number catch up.
 */
export const APPEND: LuaScript = {
  name: 'append',
  source: `${LUA_BASICS}
local state, stream = KEYS[1], KEYS[2]
local held = redis.call('HMGET', state, 'newest', 'watermark', 'appended')
local newest, appended = held[1] or '', tonumber(held[3] or '0')
if less(newest, held[2] or '') then newest = held[2] end
local floor = newest == '' and '0-0' or newest
local answers, moved = {}, false

local function compare(id, payload)
  local found = redis.call('XRANGE', stream, id, id)[1]
  if not found then return 'c' end
  local fields = {}
  for i = 1, #found[2], 2 do fields[found[2][i]] = found[2][i + 1] end
  if less(floor, id) then
    floor, appended, moved = id, math.max(appended, tonumber(fields.n)), true
  end
  return fields.p == payload and 'd' or 'c'
end

for i = 1, #ARGV, 2 do
  local id, payload = ARGV[i], ARGV[i + 1]
  local answer
  if less(floor, id) then
    local added = redis.pcall('XADD', stream, id, 'p', payload, 'n', text(appended + 1))
    if type(added) == 'table' and added.err then
      if not string.find(added.err, 'equal or smaller', 1, true) then return added end
      answer = compare(id, payload)
    else
      floor, appended, moved, answer = id, appended + 1, true, 'a'
    end
  else
    answer = compare(id, payload)
  end
  answers[#answers + 1] = answer
end
if moved then redis.call('HSET', state, 'newest', floor, 'appended', text(appended)) end
return answers
`,
};
