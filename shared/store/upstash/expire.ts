import { type IsoDate, toDayNumber } from '../../calendar/day-number.ts';
import { compareEntryIds, type EntryId, entryIdAt, parseEntryId } from '../entry-id.ts';
import { planExpiry } from '../expiry.ts';
import { FIELD_PREFIX, STATE, type StoreKeys } from '../keys.ts';
import type { BucketKind } from '../sales-store.ts';
import { type Requests, UpstashStoreError } from './requests.ts';
import { EXPIRE } from './scripts/expire.lua.ts';

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
    const [held, changes, oldest] = (await read) as (string | null)[];
    const plan = planExpiry(today, oldest ? Number(oldest) : null);
    const daily = plan.keepFrom.sales_daily;
    const args = [
      `${held ?? ''}/${changes ?? '0'}`,
      firstIdToKeep(plan.entriesBefore, (held ?? null) as EntryId | null) ?? '',
      String(plan.deadLettersBefore),
      daily === '' ? '' : String(toDayNumber(daily)),
      ...(Object.keys(FIELD_PREFIX) as BucketKind[]).flatMap((kind) => [
        kind,
        plan.keepFrom[kind],
        keys.bucketPrefix(kind),
        keys.openingPrefix(kind),
        FIELD_PREFIX[kind] === '' ? '^%d+:' : `^${FIELD_PREFIX[kind]}`,
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
