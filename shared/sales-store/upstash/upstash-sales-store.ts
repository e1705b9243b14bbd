import { at } from '../../at.ts';
import { SLOTS_PER_DAY, slotField } from '../../calendar/tick.ts';
import { toEntryId } from '../entry-id.ts';
import type { BucketKind, SalesStore } from '../sales-store.ts';
import { fieldsOf } from './bucket-parts.ts';
import { sendCommit, toDeadLetter } from './commit.ts';
import { expireStore } from './expire.ts';
import { createHistory } from './history.ts';
import { sendDelivery } from './ingest.ts';
import { BUCKET, createKeys, nameOfField } from './keys.ts';
import type { RedisClient } from './redis-client.ts';
import { createRequests, toTexts, toTextsOrNulls } from './requests.ts';
import { claimPartition, readStatus } from './status.ts';
import { createStream } from './stream.ts';

/** Slots of a day are asked for by name, since their hash holds the day's series as well. */
const SLOT_FIELDS = Array.from({ length: SLOTS_PER_DAY }, (_, slot) => slotField(slot));

/**
 * The store in Upstash Redis. Every operation is one request, but imports, compaction, expiry (a reading and a write
 * that is refused when the store has changed in between) and very long appends and readings. All of them may be
 * repeated after a failure, whether it was carried out or not; none is repeated here.
 *
 * @param namespace put in front of every key, so that several stores can share one database.
 * @throws every operation: {UpstashStoreError} when the database does not answer; refused arguments throw the same
 *   errors as the embedded store's.
 */
export function createUpstashSalesStore(redis: RedisClient, { namespace = '' } = {}): SalesStore {
  const requests = createRequests(redis);
  const keys = createKeys(namespace);
  const stream = createStream(requests, keys);

  const readHash = async (key: string, kind: BucketKind) => {
    if (kind !== 'sales_intraday') return toTexts(await requests.command('read bucket', ['HGETALL', key]));
    const fields = [BUCKET.watermark, ...SLOT_FIELDS.map((slot) => nameOfField(kind, slot))];
    const values = toTextsOrNulls(await requests.command('read bucket', ['HMGET', key, ...fields]));
    return fields.flatMap((field, i) => {
      const value = at(values, i);
      return value === null ? [] : [field, value];
    });
  };

  return {
    ...createHistory(requests, keys),
    append: stream.append,
    ingest: (delivery) => sendDelivery(requests, keys, delivery),
    readBacklog: stream.readBacklog,
    readStream: stream.readStream,
    commit: (commit) => sendCommit(requests, keys, commit, stream.numberOf),
    readBucket: async (kind, period) => {
      const reply = await readHash(keys.bucketPrefix(kind) + period, kind);
      const place = reply.findIndex((field, i) => i % 2 === 0 && field === BUCKET.watermark);
      const watermark = place < 0 ? null : toEntryId(at(reply, place + 1));
      return { kind, period, watermark, fields: fieldsOf(kind, reply) };
    },
    readOpening: async (kind, period) =>
      fieldsOf(kind, await readHash(keys.openingPrefix(kind) + period, kind)),
    readField: async (kind, periods, field) => {
      const name = nameOfField(kind, field);
      const commands = periods.map((period) => ['HGET', keys.bucketPrefix(kind) + period, name] as const);
      const values = await requests.pipeline('read field', commands);
      return values.map((value) => (value === null ? null : Number(value)));
    },
    status: () => readStatus(requests, keys),
    claimPartition: (partition) => claimPartition(requests, keys, partition),
    readDeadLetters: async (limit) => {
      if (limit < 1) return [];
      const command: [string, ...string[]] = ['ZREVRANGE', keys.deadLetters, '0', String(limit - 1)];
      return toTexts(await requests.command('read dead letters', command)).map(toDeadLetter);
    },
    expire: (today) => expireStore(requests, keys, today),
  };
}
