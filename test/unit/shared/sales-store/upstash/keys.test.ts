import { describe, expect, it } from 'vitest';
import { gatherDeltas } from '../../../../../shared/sales-store/check-commit.ts';
import { BUCKET_KINDS } from '../../../../../shared/sales-store/sales-store.ts';
import { fieldsOf, toBucketParts } from '../../../../../shared/sales-store/upstash/bucket-parts.ts';
import { createKeys, partitionNamespace } from '../../../../../shared/sales-store/upstash/keys.ts';
import { delta } from '../../../../contract/sales-store/context.ts';

describe('keys', () => {
  it('are those of the design, below a namespace if there is one', () => {
    expect(createKeys().stream).toBe('stream:transactions');
    expect(createKeys('eu:').history).toBe('eu:feature:history');
    expect(`${createKeys().bucketPrefix('sales_weekly')}2026-W02`).toBe('feature:weekly:2026-W02');
  });

  it('of a partition stay together in a cluster, those of the first are the ones of an undivided store', () => {
    expect(createKeys(partitionNamespace(0))).toMatchObject({ stream: 'stream:transactions' });
    expect(createKeys(partitionNamespace(3)).stream).toBe('{partition:3}:stream:transactions');
    const keys = Array.from({ length: 64 }, (_, index) => createKeys(partitionNamespace(index)).state);
    expect(new Set(keys).size).toBe(64);
  });

  it('never meet: no key of one part can be a key of another', () => {
    const { bucketPrefix, openingPrefix, ...single } = createKeys();
    const kinds = BUCKET_KINDS;
    const prefixes = new Set(kinds.flatMap((kind) => [bucketPrefix(kind), openingPrefix(kind)]));
    expect(prefixes.size).toBe(6);
    for (const key of [...Object.values(single), ...prefixes]) {
      expect([...prefixes].filter((prefix) => prefix !== key && key.startsWith(prefix))).toEqual([]);
    }
  });
});

describe('the hash of a day', () => {
  const deltas = [
    delta('sales_daily', '2026-01-05', '1:DAIRY', 1500),
    delta('sales_daily', '2026-01-05', '1:__proto__', 5),
    delta('sales_intraday', '2026-01-05', '007', 1500),
    delta('onpromotion_daily', '2026-01-05', '1:DAIRY', 2),
    delta('transactions_daily', '2026-01-05', '1', 12),
    delta('sales_weekly', '2026-W02', '1:DAIRY', 1500),
  ];
  const [day, week, ...others] = toBucketParts(gatherDeltas(deltas), createKeys());

  it('takes every kind of bucket of that day, and says that the store was open', () => {
    expect(others).toEqual([]);
    expect(day?.key).toBe('feature:daily:2026-01-05');
    expect(day?.args).toEqual([
      '20458',
      'sales_daily,sales_intraday,onpromotion_daily,transactions_daily',
      '2026-01-05',
      '6',
      ...['1:DAIRY', '1500', '1:__proto__', '5', 'open:1', '1', 'slot:007', '1500'],
      ...['promo:1:DAIRY', '2', 'tickets:1', '12'],
    ]);
    expect(week?.args).toEqual(['', 'sales_weekly', '2026-W02', '1', '1:DAIRY', '1500']);
  });

  it('gives each kind its own fields back', () => {
    const held = ['watermark', '5-0', 'has:sales_daily', '1', ...(day?.args.slice(4) ?? [])];
    for (const kind of [
      'sales_daily',
      'sales_intraday',
      'onpromotion_daily',
      'transactions_daily',
    ] as const) {
      const expected = deltas.filter((one) => one.kind === kind).map(({ field, value }) => [field, value]);
      expect(Object.entries(fieldsOf(kind, held))).toEqual(expected);
    }
  });
});
