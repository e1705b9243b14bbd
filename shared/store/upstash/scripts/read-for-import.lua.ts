import { LUA_BASICS, LUA_TOKEN, type LuaScript } from './lua-script.ts';

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
