import { toDayNumber } from '../../calendar/day-number.ts';
import { type BucketAudit, type BucketRecord, type RecordRepair, storesChanged } from '../bucket-audit.ts';
import { fitsKind, isBucket, storeOfField } from '../check-commit.ts';
import { type EntryId, isEntryId, parseEntryId } from '../entry-id.ts';
import { BUCKET, createKeys, FIELD_PREFIX } from '../keys.ts';
import type { BucketKind } from '../sales-store.ts';
import type { RedisClient } from './redis-client.ts';
import { createRequests, UpstashStoreError } from './requests.ts';
import { READ_ENTRIES } from './scripts/read-entries.lua.ts';
import { READ_RECORD } from './scripts/read-record.lua.ts';
import { REPAIR_RECORD } from './scripts/repair-record.lua.ts';

const DAILY: readonly BucketKind[] = [
  'sales_daily',
  'sales_intraday',
  'onpromotion_daily',
  'transactions_daily',
];
const MAX_ANSWER_BYTES = 4_000_000;

/**
 * The buckets of a store in Redis, where all of a day are one hash.
 *
 * @throws every operation: {UpstashStoreError} when the database does not answer.
 */
export function createUpstashAudit(redis: RedisClient, { namespace = '' } = {}): BucketAudit {
  const requests = createRequests(redis);
  const keys = createKeys(namespace);
  const keyOf = ({ kinds: [kind = 'sales_daily'], period }: BucketRecord) => keys.bucketPrefix(kind) + period;
  const recordOf = (kind: BucketKind, period: string): BucketRecord => ({
    kinds: kind === 'sales_weekly' || kind === 'sales_monthly' ? [kind] : DAILY,
    period,
  });

  return {
    recordOf,
    listRecords: async () => {
      const members = (await requests.command('list buckets', [
        'ZRANGE',
        keys.buckets,
        '0',
        '-1',
      ])) as string[];
      const records = new Map<string, BucketRecord>();
      for (const member of members) {
        const colon = member.indexOf(':');
        const [kind, period] = [member.slice(0, colon), member.slice(colon + 1)];
        if (!isBucket(kind, period)) continue;
        const record = recordOf(kind, period);
        records.set(keyOf(record), record);
      }
      return [...records.values()];
    },
    readRecord: async (record) => {
      const members = record.kinds.map((kind) => `${kind}:${record.period}`);
      const reply = await requests.read(READ_RECORD, [keys.state, keyOf(record), keys.buckets], members);
      const [token, countedTo, type, flat, listed] = reply as [string, string, string, string[], string[]];
      const { watermark, values, strays, marks } = sortFields(record.kinds, flat);
      if (type !== 'hash' && type !== 'none') strays.push({ name: 'the key', value: `is a ${type}` });
      return {
        ...record,
        token: `${token} ${watermark}`,
        countedTo: countedTo === '' ? null : (countedTo as EntryId),
        exists: type !== 'none',
        watermark: isEntryId(watermark) ? watermark : null,
        values,
        strays,
        missingMarks: [
          ...marksOf(values).filter((mark) => !marks.has(mark)),
          ...members.filter(
            (_, i) => values.get(record.kinds[i] ?? 'sales_daily')?.size && listed[i] === '0',
          ),
        ],
      };
    },
    repairRecord: async (repair) => {
      const { held, values, watermark } = repair;
      const space = held.token.indexOf(' ');
      const present = record(values);
      const before = record(held.values);
      const gone = [...before.keys(), ...held.strays.map(({ name }) => name)].filter(
        (name) => !present.has(name),
      );
      const isHash = !held.strays.some(({ name }) => name === 'the key');
      const members = held.kinds
        .filter((kind) => values.get(kind)?.size)
        .flatMap((kind) => ['0', `${kind}:${held.period}`]);
      const pairs = [...present].flatMap(([name, value]) =>
        isHash && before.get(name) === value ? [] : [name, String(value)],
      );
      for (const mark of marksOf(values)) pairs.push(mark, '1');
      const isDaily = held.kinds.includes('sales_daily');
      const lists = [isHash ? gone : [], members, isDaily ? storesChanged(repair) : [], pairs];
      const args = [
        held.token.slice(0, space),
        held.token.slice(space + 1),
        watermark ?? '',
        isDaily ? String(toDayNumber(held.period)) : '',
        ...lists.flatMap((list) => [String(list.length), ...list]),
      ];
      const names = [keys.state, keyOf(held), keys.buckets, keys.compacted];
      const answer = await requests.write(REPAIR_RECORD, names, args);
      if (answer === 'repaired' || answer === 'changed' || answer === 'expired') return answer;
      throw new UpstashStoreError(`repair: ${String(answer)}`);
    },
    readEntries: async (after, limit) => {
      if (after !== null) parseEntryId(after);
      const args = [after ?? '', String(limit), String(MAX_ANSWER_BYTES)];
      const reply = await requests.read(READ_ENTRIES, [keys.state, keys.stream], args);
      const flat = (reply as string[]).slice(2);
      return Array.from({ length: flat.length / 3 }, (_, i) => ({
        id: flat[3 * i] as EntryId,
        number: Number(flat[3 * i + 1]),
        payload: flat[3 * i + 2] ?? '',
      }));
    },
  };
}

/** Values by the names of their fields in the hash. */
function record(values: RecordRepair['values']): Map<string, number> {
  const named = new Map<string, number>();
  for (const [kind, fields] of values) {
    for (const [field, value] of fields) named.set(FIELD_PREFIX[kind] + field, value);
  }
  return named;
}

/** What a hash with these values holds besides: which kinds are in it, and which stores were open. */
function marksOf(values: RecordRepair['values']): string[] {
  const marks = new Set<string>();
  for (const [kind, fields] of values) {
    if (fields.size > 0) marks.add(BUCKET.hasPrefix + kind);
    if (kind !== 'sales_daily') continue;
    for (const field of fields.keys()) marks.add(BUCKET.openPrefix + storeOfField(field));
  }
  return [...marks];
}

/** Tells values, marks and the watermark of a hash apart, and what is none of them. */
function sortFields(kinds: readonly BucketKind[], flat: readonly string[]) {
  const values = new Map<BucketKind, Map<string, number>>(kinds.map((kind) => [kind, new Map()]));
  const strays: { name: string; value: string }[] = [];
  const marks = new Set<string>();
  let watermark = '';
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name = '', value = ''] = [flat[i], flat[i + 1]];
    if (name === BUCKET.watermark) {
      watermark = value;
      if (!isEntryId(value)) strays.push({ name, value });
      continue;
    }
    if (isMark(name, kinds)) {
      marks.add(name);
      continue;
    }
    const kind = kinds.find(
      (one) => name.startsWith(FIELD_PREFIX[one]) && fitsKind(one, name.slice(FIELD_PREFIX[one].length)),
    );
    const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    if (kind && Number.isSafeInteger(number))
      values.get(kind)?.set(name.slice(FIELD_PREFIX[kind].length), number);
    else strays.push({ name, value });
  }
  return { watermark, values, strays, marks };
}

function isMark(name: string, kinds: readonly BucketKind[]): boolean {
  if (kinds.some((kind) => name === BUCKET.hasPrefix + kind)) return true;
  return (
    kinds.includes('sales_daily') && name.startsWith(BUCKET.openPrefix) && /^open:[1-9]\d{0,4}$/.test(name)
  );
}
