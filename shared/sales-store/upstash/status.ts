import { at } from '../../at.ts';
import { toIsoDate } from '../../calendar/day-number.ts';
import { compareStoreNbrs, storeOfPart } from '../../schemas/series.ts';
import { toEntryId } from '../entry-id.ts';
import {
  formatPartitionId,
  type PartitionId,
  parsePartitionId,
  refuseOtherPartition,
} from '../partition-id.ts';
import type { StoreStatus } from '../sales-store.ts';
import { STATE, type StoreKeys } from './keys.ts';
import type { LuaScript } from './lua-script.ts';
import { type Requests, toTexts } from './requests.ts';

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

/** One command: every script that changes something keeps the counters of the state up to date. */
export async function readStatus(requests: Requests, keys: StoreKeys): Promise<StoreStatus> {
  const reply = toTexts(await requests.command('status', ['HGETALL', keys.state]));
  const state = new Map<string, string>();
  const importedStores: string[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const [field, value] = [at(reply, i), at(reply, i + 1)];
    if (field.startsWith(STATE.importedPrefix)) {
      importedStores.push(storeOfPart(field.slice(STATE.importedPrefix.length)));
    } else {
      state.set(field, value);
    }
  }
  const number = (field: string) => Number(state.get(field) ?? 0);
  const entry = (field: string) => {
    const id = state.get(field);
    return id === undefined || id === '' ? null : toEntryId(id);
  };
  const date = (field: string) => (state.has(field) ? toIsoDate(number(field)) : null);
  const complete = state.has(STATE.liveFrom) && importedStores.length >= number(STATE.storeCount);
  const waitingEntries = Math.max(0, number(STATE.appended) - number(STATE.counted));
  const waits = waitingEntries > 0;
  return {
    watermark: entry(STATE.watermark),
    newestEntry: entry(STATE.newest),
    waitingEntries,
    waitingRows: waits ? Math.max(0, number(STATE.appendedRows) - number(STATE.countedRows)) : 0,
    oldestWaiting: waits ? (entry(STATE.oldestWaiting) ?? entry(STATE.watermark)) : null,
    deadLetters: number(STATE.deadLetters),
    identity: state.get(STATE.identity) ?? null,
    liveFrom: date(STATE.liveFrom),
    storeCount: state.has(STATE.storeCount) ? number(STATE.storeCount) : null,
    importedStores: importedStores.sort(compareStoreNbrs),
    compactedThrough: complete ? date(STATE.compactedMin) : null,
    partition: parsePartitionId(state.get(STATE.partition) ?? null),
  };
}

/** @throws {PartitionCountError} when the store is anything else already. */
export async function claimPartition(
  requests: Requests,
  keys: StoreKeys,
  partition: PartitionId,
): Promise<void> {
  const answer = await requests.write(CLAIM_PARTITION, [keys.state], [formatPartitionId(partition)]);
  if (answer === 'claimed') return;
  throw refuseOtherPartition(partition, answer === '' ? null : parsePartitionId(String(answer)));
}
