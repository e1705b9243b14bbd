import type { LuaScript } from './lua-script.ts';

/**
 * Makes an empty store one partition of several. KEYS: state. ARGV: `<index>/<count>`.
 * Answers `claimed` when the store is that partition now, else which one it is, or `''` for a whole store with
 * anything in it: every script that writes leaves something in the state.
 */
export const CLAIM_PARTITION: LuaScript = {
  name: 'claim partition',
  source: `
local held = redis.call('HGET', KEYS[1], 'partition')
if held == ARGV[1] then return 'claimed' end
if held or redis.call('EXISTS', KEYS[1]) == 1 then return held or '' end
redis.call('HSET', KEYS[1], 'partition', ARGV[1])
return 'claimed'
`,
};
