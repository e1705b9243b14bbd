import { LUA_BASICS, LUA_TOKEN, type LuaScript } from './lua-script.ts';

/**
 * A hash of buckets as it is, together with the watermark of the same moment; changes nothing. KEYS: state, hash, index
 * of buckets. ARGV: members of the index to look for. Answers the token, the watermark (or `''`), the type of the key,
 * its fields and values in turns (none when it is no hash), and `1` or `0` for each member.
 */
export const READ_RECORD: LuaScript = {
  name: 'read a record of buckets',
  source: `${LUA_BASICS}${LUA_TOKEN}
local held = redis.call('HMGET', KEYS[1], 'watermark', 'revision')
local kind = redis.call('TYPE', KEYS[2]).ok
local fields = kind == 'hash' and redis.call('HGETALL', KEYS[2]) or {}
local listed = {}
for i, member in ipairs(ARGV) do listed[i] = redis.call('ZSCORE', KEYS[3], member) and '1' or '0' end
return { token_of(held[1], held[2]), held[1] or '', kind, fields, listed }
`,
};
