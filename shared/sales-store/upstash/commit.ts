import { checkCommit, InvalidCommitError } from '../check-commit.ts';
import { type EntryId, parseEntryId } from '../entry-id.ts';
import type { AggregationCommit, CommitOutcome, DeadLetter } from '../sales-store.ts';
import { toBucketParts } from './bucket-parts.ts';
import type { StoreKeys } from './keys.ts';
import { LUA_BASICS, LUA_BUCKETS, LUA_NAMES, type LuaScript } from './lua-script.ts';
import { type Requests, UpstashStoreError } from './requests.ts';

/**
 * Applies the sums of a range of entries together with the new watermark, or nothing.
 *
 * KEYS: state, stream, dead letters, compacted, index of buckets, then one hash for each bucket.
 * ARGV: expected watermark or `''`, new watermark, running number of the last entry or `''`, rows in the entries,
 * number of dead letters, score and member of each, then each bucket's part as `plan_bucket` reads it.
 * Answers `applied`, `already-applied`, `lost-race`, or `torn <key>`.
 *
 * Why exactly once:
 * 1. Compare and set. A script runs alone, so between reading the watermark and writing it nothing else runs. Of any
 *    number of commits that expect the same watermark one finds it; the others find it moved and write nothing. A
 *    commit whose answer was lost finds its own new watermark and reports success.
 * 2. All or nothing, although Redis does not undo what a failed script wrote: every hash is read, every type and every
 *    number checked and every sum formed before the first write. Memory is not a reason to fail midway, because Redis
 *    refuses a script at its first write or not at all. What is written before the sums is idempotent by itself: a
 *    dead letter is a member of a set under its entry and place, a new series and a new bucket are members too, and
 *    a packed history that is cut back too early only makes readings use more buckets.
 * 3. Power loss: the append-only file holds a script's writes as one transaction, and a torn one is cut off at start.
 * 4. Failover of a database whose keys are copied one by one: each hash carries the watermark it reflects. A hash that
 *    is at or past the new watermark counts these entries already and is left alone. One that lies strictly between
 *    the two watermarks counts an unknown part of them: nothing is written, and the job that recomputes buckets from
 *    the stream has to repair it.
 *
 * Late rows: packed histories of the stores with rows for days that may be compacted already are cut back to the day
 * before, in this same script, so that a reading takes the rest from the buckets again.
 */
export const COMMIT: LuaScript = {
  name: 'commit',
  source: `${LUA_BASICS}${LUA_NAMES}${LUA_BUCKETS}
local state, stream, letters, compacted, index = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local expected, new = ARGV[1], ARGV[2]
local held = redis.call('HMGET', state, 'watermark', 'newest', 'counted', 'dead_letters', 'live_from', 'daily_from',
  'compacted_min', 'compacted_max', 'appended_rows', 'counted_rows')
local watermark, newest = held[1] or '', held[2] or ''
if watermark == new then return 'already-applied' end
if watermark ~= expected then return 'lost-race' end

local members = {}
local at = 6 + 2 * tonumber(ARGV[5])
for i = 6, at - 1 do members[#members + 1] = ARGV[i] end

local buckets, kinds, fresh = {}, {}, {}
for k = 6, #KEYS do
  local bucket, problem = plan_bucket(KEYS[k], at)
  if not bucket then return problem end
  at = bucket.next
  if less(bucket.watermark, new) then
    if less(expected, bucket.watermark) then return 'torn ' .. bucket.key end
    buckets[#buckets + 1] = bucket
    for _, member in ipairs(bucket.members) do kinds[#kinds + 1] = member end
  end
end

local live_from = number_of(held[5])
local first, last = number_of(held[7]), number_of(held[8])
local late, late_stores = {}, {}
if live_from then
  for _, bucket in ipairs(buckets) do
    if bucket.day then
      for _, series in ipairs(bucket.fresh) do
        fresh[#fresh + 1] = text(live_from - 1)
        fresh[#fresh + 1] = series
      end
      if last and bucket.day <= last then
        for i = 0, bucket.count - 1 do
          local field = ARGV[bucket.first + 2 * i]
          local series = series_of(field) or string.match(field, '^promo:(.*)$')
          local store = series and store_of(series) or string.match(field, '^tickets:(.*)$')
          if store then
            if not late[store] then late_stores[#late_stores + 1] = store end
            late[store] = math.min(bucket.day, late[store] or bucket.day)
          end
        end
      end
    end
  end
end

local counted = ARGV[3]
if counted == '' then
  local found = redis.call('XREVRANGE', stream, new, '-', 'COUNT', 1)[1]
  counted = held[3] or '0'
  if found then
    for i = 1, #found[2], 2 do
      if found[2][i] == 'n' then counted = found[2][i + 1] end
    end
  end
end
local update = { 'watermark', new, 'counted', counted }
if less(newest, new) then
  update[#update + 1] = 'newest'
  update[#update + 1] = new
end
-- Once nothing waits every row is counted, whatever was said of the entries.
local appended_rows, counted_rows, oldest = number_of(held[9]) or 0, 0, ''
counted_rows = appended_rows
if less(new, newest) then
  local rest = redis.call('XRANGE', stream, '(' .. new, '+', 'COUNT', 1)[1]
  if rest then
    oldest = rest[1]
    counted_rows = math.min(appended_rows, (number_of(held[10]) or 0) + tonumber(ARGV[4]))
  end
end
for _, value in ipairs({ 'counted_rows', text(counted_rows), 'oldest_waiting', oldest }) do
  update[#update + 1] = value
end

local cut = {}
if #late_stores > 0 then
  local floor = math.max(live_from, number_of(held[6]) or 0) - 1
  local ends = redis.call('ZRANGE', compacted, 0, -1, 'WITHSCORES')
  for i = 1, #ends, 2 do
    local day = late[store_of(ends[i])]
    if day then
      local through = math.max(day - 1, floor)
      if tonumber(ends[i + 1]) > through then
        cut[#cut + 1] = text(through)
        cut[#cut + 1] = ends[i]
        first = math.min(first or through, through)
      end
    end
  end
  local names = {}
  for i, store in ipairs(late_stores) do names[i] = 'tickets:' .. store end
  for i, through in ipairs(read('HMGET', state, names)) do
    local lowered = math.max(late[late_stores[i]] - 1, floor)
    if through and tonumber(through) > lowered then
      update[#update + 1] = names[i]
      update[#update + 1] = text(lowered)
    end
  end
end

if #members > 0 then
  update[#update + 1] = 'dead_letters'
  update[#update + 1] = text((number_of(held[4]) or 0) + write('ZADD', letters, members))
end
if #cut > 0 then write('ZADD', compacted, cut) end
if #fresh > 0 then
  local added = 0
  for i = 1, #fresh, 4000 do
    added = added + redis.call('ZADD', compacted, 'NX', unpack(fresh, i, math.min(i + 3999, #fresh)))
  end
  if added > 0 then
    first = math.min(first or live_from - 1, live_from - 1)
    last = math.max(last or live_from - 1, live_from - 1)
  end
end
if #kinds > 0 then write('ZADD', index, kinds) end
for _, bucket in ipairs(buckets) do write_bucket(bucket, new) end
if first then
  update[#update + 1] = 'compacted_min'
  update[#update + 1] = text(first)
  update[#update + 1] = 'compacted_max'
  update[#update + 1] = text(last or first)
end
write('HSET', state, update)
return 'applied'
`,
};

/**
 * Applies a commit in one script, see there for why that counts every entry exactly once.
 *
 * @param numberOf the running number of an entry, where it is known: the script finds it otherwise.
 * @throws {InvalidCommitError} before anything is sent, or when a sum would not be exact: nothing was written.
 */
export async function sendCommit(
  requests: Requests,
  keys: StoreKeys,
  commit: AggregationCommit,
  numberOf: (id: EntryId) => string | null,
): Promise<CommitOutcome> {
  const parts = toBucketParts(checkCommit(commit), keys);
  const letters = toMembers(commit.deadLetters);
  const args = [
    commit.expectedWatermark ?? '',
    commit.newWatermark,
    numberOf(commit.newWatermark) ?? '',
    String(commit.rows ?? 0),
    String(letters.length / 2),
    ...letters,
    ...parts.flatMap((part) => part.args),
  ];
  const { state, stream, deadLetters, compacted, buckets } = keys;
  const names = [state, stream, deadLetters, compacted, buckets, ...parts.map(({ key }) => key)];
  const answer = await sendSums(() => requests.write(COMMIT, names, args));
  if (answer === 'applied' || answer === 'already-applied' || answer === 'lost-race') return answer;
  throw new UpstashStoreError(
    `commit: ${String(answer)}: this bucket counts entries above the watermark; rebuild it from the stream`,
  );
}

/** @throws {InvalidCommitError} in place of the script's refusal of an unsafe sum. */
export async function sendSums(send: () => Promise<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    const refusal = error instanceof Error ? /UNSAFE (.*)/.exec(error.message)?.[1] : undefined;
    if (refusal === undefined) throw error;
    throw new InvalidCommitError(`commit refused: ${refusal}`);
  }
}

/**
 * Score and member of each letter in turns. A letter is named by its entry and its place among the entry's letters,
 * whatever range of entries it was committed with.
 */
function toMembers(letters: readonly DeadLetter[]): string[] {
  const places = new Map<EntryId, number>();
  return letters.flatMap(({ entryId, row, raw, reason }) => {
    const { instant, sequence } = parseEntryId(entryId);
    const place = places.get(entryId) ?? 0;
    places.set(entryId, place + 1);
    const name = String(sequence).padStart(9, '0') + String(place).padStart(9, '0');
    const letter = { entryId, row, raw: raw.toWellFormed(), reason };
    return [String(instant), `${name} ${JSON.stringify(letter)}`];
  });
}

/** The inverse of a member that `toMembers` made. */
export function toDeadLetter(member: string): DeadLetter {
  return JSON.parse(member.slice(member.indexOf(' ') + 1)) as DeadLetter;
}
