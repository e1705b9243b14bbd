import { BATCH_FRAME, type Delivery, type DeliveryResult, readRecord, transactionName } from '../delivery.ts';
import type { StoreKeys } from './keys.ts';
import { LUA_BASICS, type LuaScript } from './lua-script.ts';
import type { Requests } from './requests.ts';

/**
 * Takes in a delivery: appends its new transactions and remembers their names and the answer.
 *
 * KEYS: state, stream, names of transactions by instant and content hash, what is remembered under the delivery's key.
 * ARGV: `1` when it has a key, its digest, its note, the instant before which no entry lies, `rememberMs`,
 * rows of an entry at most, what an entry begins and ends with, the hashes of all rows (8 digits each, in one
 * argument), then name and JSON of each row. Answers `taken` or `repeated` with what `readRecord` reads, or
 * `key-conflict`.
 *
 * The score of a name is the instant at which it was taken in, rounded up to 100 s; the five digits that this frees and
 * three decimals are the hash of its content, with a 5 behind them. 1795376112345.6785 is the hash 12345678, taken in at
 * 1795376100000 or up to 100 s before. A double tells these apart until 2109. So remembering what a transaction said
 * takes no memory and no command. Scores from before hashes were kept are whole milliseconds.
 *
 * Why no transaction is counted twice: a script runs alone, so between looking for the names and adding them nothing
 * else runs. Of two deliveries of the same transaction, whole or in part, at the same time or after a lost answer, one
 * finds the name free and the other finds it taken. A delivery with a key is looked for first, and answered as it was.
 * Why none is lost: a name is only ever added by the script that has appended its row.
 * Why a failure midway does no harm: everything is read and decided before the first write, which is an XADD. Redis
 * refuses a script that has no memory left at its first write or not at all, and no later write can fail: the names
 * have been read as what they are, and SET and HSET on the other keys are of their own kind. The append-only file holds
 * a script's writes as one transaction, and a torn one is cut off at start.
 * Why a tick of the replay is never in the way: an entry lies at the instant of the newest one, or at one that the
 * caller knows to be free of ticks to come, and its sequence is 1 or more, while a tick's is 0. Ticks after the newest
 * entry therefore stay above it, and ticks before it have been appended already. Should `newest` be behind the stream
 * (two keys can come from different moments after a failover), Redis itself refuses the id; the stream's last id counts
 * then.
 * What a failover can do: keep the stream's latest entries and lose the names of their transactions, so that a
 * delivery that is sent once more just then is counted once more.
 */
export const INGEST: LuaScript = {
  name: 'ingest',
  source: `${LUA_BASICS}
local state, stream, names, remembered = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local keyed, digest, note = ARGV[1] == '1', ARGV[2], ARGV[3]
local not_before, remember, per_entry = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local open, close, hashes, first_row = ARGV[7], ARGV[8], ARGV[9], 10
local head = redis.call('HMGET', state, 'newest', 'watermark', 'appended', 'appended_rows', 'oldest_waiting')
local newest, appended = head[1] or '', tonumber(head[3] or '0')
if less(newest, head[2] or '') then newest = head[2] end
local instant, sequence = not_before, 0
local function stand_after(id)
  local ms, number = string.match(id, '^(%d+)-(%d+)$')
  ms, number = tonumber(ms), tonumber(number)
  if ms >= instant then instant, sequence = ms, number end
end
if newest ~= '' then stand_after(newest) end
local forgotten = instant - remember

if keyed then
  local record = redis.call('GET', remembered)
  if record then
    local taken_at, as = string.match(record, '^(%d+)\\n([^\\n]*)\\n')
    if tonumber(taken_at) >= forgotten then
      if as ~= digest then return { 'key-conflict' } end
      return { 'repeated', record }
    end
  end
end

local function hash_of(score)
  return score % 1 > 0 and string.format('%08.0f', math.floor(score % 100000 * 1000)) or nil
end
local wanted = {}
for i = first_row, #ARGV, 2 do wanted[#wanted + 1] = ARGV[i] end
local scores = #wanted > 0 and read('ZMSCORE', names, wanted) or {}
local fresh, duplicates, conflicts, held, known_at = {}, {}, {}, {}, {}
for i, name in ipairs(wanted) do
  local hash, known = string.sub(hashes, 8 * i - 7, 8 * i), held[name]
  if not known and scores[i] then
    local score = tonumber(scores[i])
    if score >= forgotten then known = hash_of(score) or hash end
  end
  held[name] = known or hash
  if not known then
    fresh[#fresh + 1] = ARGV[first_row + 2 * i - 1]
    known_at[#known_at + 1] = hash
    known_at[#known_at + 1] = name
  elseif known == hash then
    duplicates[#duplicates + 1] = i - 1
  else
    conflicts[#conflicts + 1] = i - 1
  end
end

local first, last = '', ''
local function add(payload)
  return redis.pcall('XADD', stream, text(instant) .. '-' .. text(sequence + 1), 'p', payload, 'n', text(appended + 1))
end
for at = 1, #fresh, per_entry do
  local payload = open .. table.concat(fresh, ',', at, math.min(at + per_entry - 1, #fresh)) .. close
  local added = add(payload)
  if type(added) == 'table' and added.err and first == '' and string.find(added.err, 'equal or smaller', 1, true) then
    local top = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
    if top then
      stand_after(top[1])
      for i = 1, #top[2], 2 do
        if top[2][i] == 'n' then appended = math.max(appended, tonumber(top[2][i + 1])) end
      end
      added = add(payload)
    end
  end
  if type(added) == 'table' and added.err then return added end
  sequence, appended = sequence + 1, appended + 1
  if first == '' then first = text(sequence) end
  last = text(sequence)
end
local rounded = text(math.ceil(instant / 100000))
for i = 1, #known_at, 2 do known_at[i] = rounded .. known_at[i] .. '5e-4' end

redis.call('ZREMRANGEBYSCORE', names, '-inf', '(' .. text(instant - remember))
if #fresh > 0 then
  write('ZADD', names, known_at)
  local oldest = head[5] or ''
  if oldest == '' then oldest = text(instant) .. '-' .. first end
  redis.call('HSET', state, 'newest', text(instant) .. '-' .. last, 'appended', text(appended),
    'appended_rows', text(tonumber(head[4] or '0') + #fresh), 'oldest_waiting', oldest)
end
local places = table.concat(duplicates, ',')
if #conflicts > 0 then places = places .. ';' .. table.concat(conflicts, ',') end
local record = table.concat({ text(instant), digest, first, last, places, note }, '\\n')
if keyed then redis.call('SET', remembered, record, 'PX', text(remember)) end
return { 'taken', record }
`,
};

/** Takes in a delivery in one script, see there for why that counts every transaction once. */
export async function sendDelivery(
  requests: Requests,
  keys: StoreKeys,
  { key, digest, note, notBefore, rememberMs, rowsPerEntry, rows }: Delivery,
): Promise<DeliveryResult> {
  const names = [keys.state, keys.stream, keys.transactionNames, keys.deliveryPrefix + (key ?? '')];
  const args = [
    key === null ? '0' : '1',
    digest,
    note,
    String(notBefore),
    String(rememberMs),
    String(rowsPerEntry),
    BATCH_FRAME.open,
    BATCH_FRAME.close,
    rows.map(({ contentHash }) => String(contentHash).padStart(8, '0')).join(''),
    ...rows.flatMap((row) => [transactionName(row), row.json]),
  ];
  const [outcome, record = ''] = (await requests.write(INGEST, names, args)) as [string, string?];
  if (outcome !== 'taken' && outcome !== 'repeated') return { outcome: 'key-conflict' };
  return { outcome, ...readRecord(record).taken };
}
