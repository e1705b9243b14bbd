import { expect, expectTypeOf, it } from 'vitest';
import {
  type TakenTransactionsBody,
  takenTransactionsBodySchema,
} from '../../../../../../shared/schemas/api/transactions.ts';
import { toStreamRow } from '../../../../../../shared/schemas/transaction.ts';
import { createApiClient } from '../../../../../../workers/api/client.ts';
import { createSampleApi, NOW, SAMPLE_KEY } from '../../../../../support/api/sample-api.ts';
import { lines, NDJSON, sale } from './sample-rows.ts';

async function bodyOf(response: Response): Promise<TakenTransactionsBody> {
  return takenTransactionsBodySchema.parse(await response.json());
}

it('takes in an array, and says by when it was judged and where it went', async () => {
  const { post, deliveries } = await createSampleApi();
  const response = await post(JSON.stringify([sale('a'), sale('b', { store_nbr: '45', onpromotion: 3 })]));
  expect(response.status).toBe(200);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(response.headers.has('Idempotency-Replayed')).toBe(false);
  expect(await bodyOf(response)).toEqual({
    as_of: new Date(NOW).toISOString(),
    rows: 2,
    accepted: 2,
    duplicates: [],
    rejected: [],
    entries: [expect.stringMatching(/^\d+-1$/)],
  });
  expect(deliveries.rows.map((row) => JSON.parse(row))).toEqual([
    toStreamRow(sale('a')),
    toStreamRow(sale('b', { store_nbr: '45', onpromotion: 3 })),
  ]);
});

it.each(['application/x-ndjson', 'application/jsonl', 'application/ndjson; charset=utf-8'])(
  'takes in lines of %s, the last with or without an end, empty ones skipped',
  async (type) => {
    const { post, deliveries } = await createSampleApi();
    const text = `\ufeff${lines(sale('a'), '', `${JSON.stringify(sale('b é 🛒'))}\r`, '  ', sale('c'))}`;
    const response = await post(text, { 'Content-Type': type });
    expect(await bodyOf(response)).toMatchObject({ rows: 3, accepted: 3, rejected: [] });
    expect(deliveries.rows.map((row) => (JSON.parse(row) as { id: string }).id)).toEqual([
      'a',
      'b é 🛒',
      'c',
    ]);
  },
);

it('answers a repeated key as the first time, though the world has moved on', async () => {
  const { post, deliveries, sales } = await createSampleApi();
  await post(JSON.stringify([sale('known')]));
  const body = lines(sale('a'), sale('known'), '{', sale('b', { units: -1 }), sale('a'));
  const headers = { ...NDJSON, 'Idempotency-Key': 'one' };
  const first = await post(body, headers);
  expect(first.status).toBe(207);
  const answer = await first.text();
  expect(JSON.parse(answer)).toMatchObject({
    accepted: 1,
    duplicates: [
      { row: 1, line: 2, id: 'known' },
      { row: 4, line: 5, id: 'a' },
    ],
    rejected: [
      { row: 2, line: 3, code: 'not-json' },
      { row: 3, line: 4, code: 'negative-units' },
    ],
  });

  // Ten days later the same rows would be judged otherwise.
  sales.state = { ...sales.state, newestEntry: `${NOW + 10 * 86_400_000}-0` };
  const again = await post(body, headers);
  expect(again.status).toBe(207);
  expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  expect(await again.text()).toBe(answer);
  expect(deliveries.rows).toHaveLength(2);
});

it('counts a transaction once, and tells the same id in another store apart', async () => {
  const { post, deliveries } = await createSampleApi();
  await post(JSON.stringify([sale('a')]));
  const second = await bodyOf(await post(JSON.stringify([sale('a'), sale('a', { store_nbr: '45' })])));
  expect(second).toMatchObject({ accepted: 1, duplicates: [{ row: 0, line: null, id: 'a' }] });
  expect(deliveries.rows).toHaveLength(2);
});

it('counts every line of a receipt, and the receipt once', async () => {
  const { post, deliveries } = await createSampleApi();
  const receipt = ['DAIRY', 'GROCERY I', 'DAIRY'].map((family, line) => sale('receipt 1', { family, line }));
  expect(await bodyOf(await post(JSON.stringify(receipt)))).toMatchObject({ accepted: 3, rejected: [] });
  const again = [...receipt.toReversed(), sale('receipt 1')];
  const response = await post(JSON.stringify(again));
  expect(response.status).toBe(200);
  expect(await bodyOf(response)).toMatchObject({
    accepted: 1,
    duplicates: [0, 1, 2].map((row) => ({ row, id: 'receipt 1' })),
  });
  expect(deliveries.rows.map((row) => (JSON.parse(row) as { line?: number }).line)).toEqual([
    0,
    1,
    2,
    undefined,
  ]);
});

it('takes numbers and spellings that mean the same for the same content', async () => {
  const { post } = await createSampleApi();
  await post(JSON.stringify([sale('a', { units: 1, family: 'GROCERY I' })]));
  const row = JSON.stringify(sale('a', { family: ' GROCERY I' })).replace('"units":2.5', '"units":1.000');
  expect(row).toContain('"units":1.000');
  for (const spelled of [row, row.replace('1.000', '100e-2'), row.replace('"44"', '44')]) {
    expect(await bodyOf(await post(lines(spelled), NDJSON))).toMatchObject({
      duplicates: [{ row: 0, id: 'a' }],
      rejected: [],
    });
  }
});

it('takes sales that are late, and those of a till whose clock is ahead', async () => {
  const { post } = await createSampleApi();
  const rows = [sale('late', { ts: NOW - 4 * 86_400_000 }), sale('ahead', { ts: NOW + 3_600_000 })];
  expect(await bodyOf(await post(JSON.stringify(rows)))).toMatchObject({ accepted: 2 });
});

it('takes 5,000 rows at once', async () => {
  const { post, deliveries } = await createSampleApi();
  const rows = Array.from({ length: 5000 }, (_, i) => sale(`till 7, receipt ${i}`));
  expect(await bodyOf(await post(JSON.stringify(rows)))).toMatchObject({ rows: 5000, accepted: 5000 });
  expect(deliveries.received[0]).toMatchObject({ rowsPerEntry: 250, key: null });
});

it('is known to the typed client', async () => {
  const { app } = await createSampleApi();
  const client = createApiClient('http://api.example', {
    fetch: app.request,
    headers: { Authorization: `Bearer ${SAMPLE_KEY}` },
  });
  const response = await client.v1.transactions.$post({ json: [sale('a')], header: {} });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  const body = await response.json();
  expectTypeOf(body).toEqualTypeOf<TakenTransactionsBody>();
  expect(body.accepted).toBe(1);
});
