import { type IsoDate, toDayNumber } from '../../calendar/day-number.ts';
import { compareEntryIds, type EntryId, entryIdAt, parseEntryId, toEntryId } from '../entry-id.ts';
import { planExpiry } from '../retention.ts';
import { BUCKET_KINDS } from '../sales-store.ts';
import { patternOfNames, STATE, type StoreKeys } from './keys.ts';
import { LUA_BASICS, LUA_TOKEN, type LuaScript } from './lua-script.ts';
import { type Requests, toTextsOrNulls, UpstashStoreError } from './requests.ts';

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
    elseif kind == 'sales_daily' and string.match(field, '^open:') then
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

const ATTEMPTS = 5;

/** Drops what has expired by `planExpiry`; the script refuses a plan that was made from another state. */
export async function expireStore(
  requests: Requests,
  keys: StoreKeys,
  today: IsoDate,
): Promise<{ droppedBuckets: number; droppedEntries: number }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { watermark, revision, compactedMin } = STATE;
    const read = requests.command('expire', ['HMGET', keys.state, watermark, revision, compactedMin]);
    const [held, changes, oldest] = toTextsOrNulls(await read);
    const plan = planExpiry(today, oldest ? Number(oldest) : null);
    const daily = plan.keepFrom.sales_daily;
    const args = [
      `${held ?? ''}/${changes ?? '0'}`,
      firstIdToKeep(plan.entriesBefore, held ? toEntryId(held) : null) ?? '',
      String(plan.deadLettersBefore),
      daily === '' ? '' : String(toDayNumber(daily)),
      ...BUCKET_KINDS.flatMap((kind) => [
        kind,
        plan.keepFrom[kind],
        keys.bucketPrefix(kind),
        keys.openingPrefix(kind),
        patternOfNames(kind),
      ]),
    ];
    const names = [keys.state, keys.stream, keys.deadLetters, keys.buckets];
    const [droppedBuckets = 0, droppedEntries = 0] = (await requests.write(EXPIRE, names, args)) as number[];
    if (droppedBuckets >= 0) return { droppedBuckets, droppedEntries };
  }
  throw new UpstashStoreError(`expire: the store has changed ${ATTEMPTS} times meanwhile; call again`);
}

/** Never above the first id after the watermark; null when nothing is counted yet. */
function firstIdToKeep(instant: number, watermark: EntryId | null): EntryId | null {
  if (watermark === null || instant <= 0) return null;
  const passed = parseEntryId(watermark);
  const afterWatermark = entryIdAt(passed.instant, passed.sequence + 1);
  const byAge = entryIdAt(instant);
  return compareEntryIds(byAge, afterWatermark) < 0 ? byAge : afterWatermark;
}
