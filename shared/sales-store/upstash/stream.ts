import { at } from '../../at.ts';
import { type EntryId, parseEntryId, toEntryId } from '../entry-id.ts';
import type { AppendResult, Backlog, NewEntry, SalesStore, StreamEntry } from '../sales-store.ts';
import type { StoreKeys } from './keys.ts';
import { LUA_BASICS, type LuaScript } from './lua-script.ts';
import type { Requests } from './requests.ts';

/**
 * Appends entries, oldest first. KEYS: state, stream. ARGV: id, payload and number of rows of each entry.
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
local held = redis.call('HMGET', state, 'newest', 'watermark', 'appended', 'appended_rows', 'oldest_waiting')
local newest, appended = held[1] or '', tonumber(held[3] or '0')
local rows, oldest = tonumber(held[4] or '0'), held[5] or ''
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
    if oldest == '' then oldest = id end
  end
  return fields.p == payload and 'd' or 'c'
end

for i = 1, #ARGV, 3 do
  local id, payload = ARGV[i], ARGV[i + 1]
  local answer
  if less(floor, id) then
    local added = redis.pcall('XADD', stream, id, 'p', payload, 'n', text(appended + 1))
    if type(added) == 'table' and added.err then
      if not string.find(added.err, 'equal or smaller', 1, true) then return added end
      answer = compare(id, payload)
    else
      floor, appended, moved, answer = id, appended + 1, true, 'a'
      rows = rows + tonumber(ARGV[i + 2])
      if oldest == '' then oldest = id end
    end
  else
    answer = compare(id, payload)
  end
  answers[#answers + 1] = answer
end
if moved then
  redis.call('HSET', state, 'newest', floor, 'appended', text(appended), 'appended_rows', text(rows),
    'oldest_waiting', oldest)
end
return answers
`,
};

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

/** Entries of one request, in characters of payload: as JSON they may triple, and a request may have 10 MB. */
const MAX_REQUEST_CHARACTERS = 3_000_000;
/** Bytes of payload that one answer may hold. */
const MAX_ANSWER_BYTES = 4_000_000;

export interface UpstashStream extends Pick<SalesStore, 'append' | 'readBacklog' | 'readStream'> {
  /** The running number of an entry, if it was the last of the backlog read most recently. */
  numberOf(id: EntryId): string | null;
}

/** The stream of transaction batches. */
export function createStream(requests: Requests, keys: StoreKeys): UpstashStream {
  let lastRead: { readonly id: EntryId; readonly number: string } | null = null;

  const read = async (
    after: EntryId | 'watermark' | null,
    limit: number,
    room: number = MAX_ANSWER_BYTES,
  ) => {
    const args = [after ?? '', String(limit), String(Math.min(room, MAX_ANSWER_BYTES))];
    const reply = await requests.read(READ_ENTRIES, [keys.state, keys.stream], args);
    const [watermark = '', more, ...flat] = reply as string[];
    const entries: StreamEntry[] = [];
    for (let i = 0; i < flat.length; i += 3) {
      entries.push({ id: toEntryId(at(flat, i)), payload: at(flat, i + 2) });
    }
    return {
      watermark: watermark === '' ? null : toEntryId(watermark),
      entries,
      more: more === '1',
      lastNumber: flat.at(-2) ?? '',
    };
  };

  return {
    append: async (entries) => {
      for (const { id } of entries) parseEntryId(id);
      const result = {
        appended: [] as EntryId[],
        duplicates: [] as EntryId[],
        conflicts: [] as EntryId[],
      } satisfies AppendResult;
      for (const batch of cut(entries)) {
        const args = batch.flatMap(({ id, payload, rows = 0 }) => [id, payload.toWellFormed(), String(rows)]);
        const answers = (await requests.write(APPEND, [keys.state, keys.stream], args)) as string[];
        batch.forEach(({ id }, index) => {
          const answer = answers[index];
          if (answer === 'a') result.appended.push(id);
          else (answer === 'd' ? result.duplicates : result.conflicts).push(id);
        });
      }
      return result;
    },

    readBacklog: async ({ maxEntries, maxCharacters }): Promise<Backlog> => {
      const { watermark, entries, more, lastNumber } = await read('watermark', maxEntries, maxCharacters);
      const last = entries.at(-1);
      lastRead = last ? { id: last.id, number: lastNumber } : null;
      return { watermark, entries, more };
    },

    readStream: async (after, limit) => {
      if (after !== null) parseEntryId(after);
      const entries: StreamEntry[] = [];
      for (let more = limit > 0, last = after; more; last = entries.at(-1)?.id ?? last) {
        const page = await read(last, limit - entries.length);
        entries.push(...page.entries);
        more = page.more && entries.length < limit;
      }
      return entries;
    },

    numberOf: (id) => (lastRead?.id === id ? lastRead.number : null),
  };
}

/** Batches that fit a request; at least one entry each. */
function cut(entries: readonly NewEntry[]): NewEntry[][] {
  const batches: NewEntry[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    characters += entry.payload.length;
    if (characters > MAX_REQUEST_CHARACTERS) {
      batches.push([]);
      characters = entry.payload.length;
    }
    batches.at(-1)?.push(entry);
  }
  return batches;
}
