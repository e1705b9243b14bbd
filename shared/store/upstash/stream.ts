import { type EntryId, parseEntryId } from '../entry-id.ts';
import type { StoreKeys } from '../keys.ts';
import type { AppendResult, Backlog, SalesStore, StreamEntry } from '../sales-store.ts';
import type { Requests } from './requests.ts';
import { APPEND } from './scripts/append.lua.ts';
import { READ_ENTRIES } from './scripts/read-entries.lua.ts';

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
      entries.push({ id: flat[i] as EntryId, payload: flat[i + 2] ?? '' });
    }
    return {
      watermark: watermark === '' ? null : (watermark as EntryId),
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
        const args = batch.flatMap(({ id, payload }) => [id, payload.toWellFormed()]);
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
function cut(entries: readonly StreamEntry[]): StreamEntry[][] {
  const batches: StreamEntry[][] = [];
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
