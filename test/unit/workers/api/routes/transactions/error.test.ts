import { describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import {
  ROW_PROBLEMS,
  type RowProblemCode,
  takenTransactionsBodySchema,
} from '../../../../../../shared/schemas/api/transactions.ts';
import { toStreamRow } from '../../../../../../shared/schemas/transaction.ts';
import { createSampleApi, NOW } from '../../../../../support/api/sample-api.ts';
import { lines, NDJSON, sale } from './sample-rows.ts';

const DAY = 86_400_000;

/** For every documented code a row that is rejected with it; a new code without one does not compile. */
const wrong: Record<Exclude<RowProblemCode, 'conflict'>, unknown> = {
  'not-json': '{"id":"a",',
  'not-an-object': ['a'],
  'unknown-field': { ...sale('a'), currency: 'USD' },
  'invalid-id': sale(''),
  'invalid-ts': { ...sale('a'), ts: '2026-11-22T19:34:00Z' },
  'ts-in-seconds': sale('a', { ts: Math.floor(NOW / 1000) }),
  'ahead-of-time': sale('a', { ts: NOW + 3_600_001 }),
  'too-late': sale('a', { ts: NOW - 4 * DAY - 1 }),
  'closed-history': sale('a', { ts: Date.parse('2026-11-16T04:59:59Z') }),
  'invalid-store': { ...sale('a'), store_nbr: 4.5 },
  'unknown-store': sale('a', { store_nbr: '46' }),
  'invalid-family': sale('a', { family: 'D'.repeat(129) }),
  'unknown-family': sale('a', { family: 'DIARY' }),
  'invalid-units': sale('a', { units: 0.0001 }),
  'negative-units': sale('a', { units: -2.5 }),
  'too-many-units': sale('a', { units: 10_001 }),
  'invalid-onpromotion': sale('a', { onpromotion: 0.5 }),
  'invalid-line': sale('a', { line: 1_000_000 }),
};

/** Where the value itself is named. */
const VALUES: Readonly<Record<string, string>> = {
  'unknown-field': 'The row has a field "currency", which a transaction does not have',
  'invalid-store': '4.5 is not a whole number from 0 to 9007199254740991',
  'invalid-family': `"${'D'.repeat(79)}... has 129 characters, more than 128`,
};

describe.each(Object.entries(wrong))('a row that is wrong by %s', (code, row) => {
  it('is rejected with field and fix, and its neighbours are taken in', async () => {
    const { post, deliveries } = await createSampleApi();
    const response = await post(lines(sale('before'), row, sale('after')), NDJSON);
    expect(response.status).toBe(207);
    const body = takenTransactionsBodySchema.parse(await response.json());
    const { fix, field, ...problem } = ROW_PROBLEMS[code as RowProblemCode];
    const detail = VALUES[code] ?? problem.detail;
    expect(body).toMatchObject({ rows: 3, accepted: 2, duplicates: [] });
    expect(body.rejected).toEqual([
      { row: 1, line: 2, id: expect.toBeOneOf(['a', null]), code, field, detail, fix },
    ]);
    expect(deliveries.rows).toHaveLength(2);
  });
});

describe('a row whose id came with other content', () => {
  const CONFLICT = { code: 'conflict', field: 'id', fix: ROW_PROBLEMS.conflict.fix };

  it('is rejected with what differs where the row that counts is in the same request', async () => {
    const { post, deliveries } = await createSampleApi();
    const rows = [
      sale('receipt 1', { family: 'GROCERY I', units: 1 }),
      sale('receipt 1', { units: 2 }),
      sale('receipt 1', { family: 'GROCERY I', units: 1.0 }),
      sale('receipt 1', { family: 'GROCERY I', units: 1, ts: NOW - 120_000, onpromotion: 3 }),
      sale('receipt 2', { line: 4 }),
      sale('receipt 2', { line: 4, units: 2.501 }),
    ];
    const response = await post(lines(...rows), NDJSON);
    expect(response.status).toBe(207);
    const body = takenTransactionsBodySchema.parse(await response.json());
    expect(body).toMatchObject({ rows: 6, accepted: 2, duplicates: [{ row: 2, id: 'receipt 1' }] });
    expect(body.rejected).toEqual([
      {
        ...CONFLICT,
        row: 1,
        line: 2,
        id: 'receipt 1',
        detail: 'This id has other content in row 0: family "DAIRY", was "GROCERY I"; units 2, was 1',
      },
      {
        ...CONFLICT,
        row: 3,
        line: 4,
        id: 'receipt 1',
        detail: `This id has other content in row 0: ts ${NOW - 120_000}, was ${NOW - 60_000}; onpromotion 3, was 0`,
      },
      {
        ...CONFLICT,
        row: 5,
        line: 6,
        id: 'receipt 2',
        detail: 'This id with line 4 has other content in row 4: units 2.501, was 2.5',
      },
    ]);
    expect(CONFLICT.fix).toContain('Give each line of a receipt its own `line`');
    expect(deliveries.rows.map((row) => JSON.parse(row))).toEqual(
      [rows[0], rows[4]].map((row) => row && toStreamRow(row)),
    );
  });

  it('is rejected where the row that counts came before, once for every time it comes', async () => {
    const { post, deliveries } = await createSampleApi();
    await post(JSON.stringify([sale('a'), sale('b', { line: 0 })]));
    const changed = [
      sale('a', { ts: NOW - 59_999 }),
      sale('new'),
      sale('b', { line: 0, family: 'GROCERY I' }),
      sale('a'),
      sale('x', { units: -1 }),
    ];
    const headers = { 'Idempotency-Key': 'k' };
    const first = await post(JSON.stringify(changed), headers);
    expect(first.status).toBe(207);
    const text = await first.text();
    expect(takenTransactionsBodySchema.parse(JSON.parse(text))).toMatchObject({
      accepted: 1,
      duplicates: [{ row: 3, id: 'a' }],
      rejected: [
        // Row 3 says what was accepted, so that what differs can be named.
        {
          ...CONFLICT,
          row: 0,
          id: 'a',
          detail: `This id has other content in row 3: ts ${NOW - 59_999}, was ${NOW - 60_000}`,
        },
        {
          ...CONFLICT,
          row: 2,
          id: 'b',
          detail:
            'This id with line 0 was accepted before with other content: ts, family, units or onpromotion differs',
        },
        { row: 4, code: 'negative-units' },
      ],
    });
    const again = await post(JSON.stringify(changed), headers);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(await again.text()).toBe(text);
    const alone = await post(JSON.stringify([changed[0]]));
    expect(await alone.json()).toMatchObject({
      accepted: 0,
      rejected: [{ ...CONFLICT, detail: ROW_PROBLEMS.conflict.detail }],
    });
    expect(deliveries.rows).toHaveLength(3);
  });
});

it('answers for every row when all are wrong, and remembers the key all the same', async () => {
  const { post } = await createSampleApi();
  const rows = Array.from({ length: 300 }, (_, i) => sale(`${i}`, { family: 'DIARY' }));
  const first = await post(JSON.stringify(rows), { 'Idempotency-Key': 'k' });
  const text = await first.text();
  expect(takenTransactionsBodySchema.parse(JSON.parse(text))).toMatchObject({ accepted: 0, entries: [] });
  expect((JSON.parse(text) as { rejected: unknown[] }).rejected).toHaveLength(300);
  const again = await post(JSON.stringify(rows), { 'Idempotency-Key': 'k' });
  expect(await again.text()).toBe(text);
});

describe('a request is refused, and nothing of it taken in,', () => {
  it.each([
    ['when it is empty', '', {}, 400, 'invalid-body', 'body'],
    ['when it is an empty array', '[]', {}, 400, 'invalid-body', 'no transactions'],
    ['when it has only empty lines', '\n \n', NDJSON, 400, 'invalid-body', 'no transactions'],
    ['when it is not JSON', '[{', {}, 400, 'invalid-body', 'not JSON'],
    ['when it is one object', '{}', {}, 400, 'invalid-body', 'not an array'],
    ['when it has too many rows', lines(...Array(5001).fill({})), NDJSON, 413, 'payload-too-large', '5000'],
    ['when it has too many bytes', ' '.repeat(2_000_001), {}, 413, 'payload-too-large', '2000000 bytes'],
    ['without a known type', '[]', { 'Content-Type': '' }, 415, 'unsupported-media-type', 'x-ndjson'],
    [
      'compressed',
      '[{}]',
      { 'Content-Encoding': 'gzip' },
      415,
      'unsupported-media-type',
      '"gzip" is not taken',
    ],
    ['with a bad key', '[{}]', { 'Idempotency-Key': 'a b' }, 400, 'invalid-parameter', 'printable ASCII'],
  ])('%s', async (_, body, headers, status, code, detail) => {
    const { post, deliveries } = await createSampleApi();
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, detail: expect.stringContaining(detail) });
    expect(deliveries.received).toEqual([]);
  });

  it('when it is not UTF-8', async () => {
    const { app, post, deliveries } = await createSampleApi();
    const { headers } = new Request('http://x', { headers: { 'Content-Type': 'application/x-ndjson' } });
    headers.set('Authorization', 'Bearer a-key-for-the-tests');
    const response = await app.request('/v1/transactions', {
      method: 'POST',
      headers,
      body: Uint8Array.of(0x7b, 0xff, 0x7d),
    });
    expect(await response.json()).toMatchObject({
      code: 'invalid-body',
      detail: expect.stringContaining('UTF-8'),
    });
    expect(deliveries.received).toEqual([]);
    expect((await post('[{}]')).status).toBe(207);
  });

  it('when it breaks off, which health takes for no failure of the store', async () => {
    const { app, get, deliveries } = await createSampleApi();
    for (let i = 0; i < 3; i++) {
      const broken = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          controller.enqueue(new TextEncoder().encode(`[${JSON.stringify(sale('a'))},`));
          controller.error(new Error('Network connection lost'));
        },
      });
      const response = await app.request('/v1/transactions', {
        method: 'POST',
        headers: { Authorization: 'Bearer a-key-for-the-tests', 'Content-Type': 'application/json' },
        body: broken,
        duplex: 'half',
      } as RequestInit);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: 'invalid-body',
        detail: expect.stringContaining('send all of it again'),
      });
    }
    expect(deliveries.received).toEqual([]);
    expect(await (await get('/v1/health')).json()).toMatchObject({ status: 'ok' });
  });

  it('when its key was used for another body, or for the same text in another format', async () => {
    const { post, deliveries } = await createSampleApi();
    const headers = { 'Idempotency-Key': 'k' };
    await post(JSON.stringify([sale('a')]), headers);
    for (const [body, type] of [
      [JSON.stringify([sale('b')]), {}],
      [JSON.stringify([sale('a')]), NDJSON],
    ] as const) {
      const response = await post(body, { ...headers, ...type });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: 'idempotency-conflict' });
    }
    expect(deliveries.rows).toHaveLength(1);
  });

  it('when no dataset is published', async () => {
    const { post, objects } = await createSampleApi();
    await objects.delete(objectKeys.current);
    const response = await post(JSON.stringify([sale('a')]));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'not-ready' });
  });
});

it('says that the store is away when it is, and that trying again helps', async () => {
  const { post, deliveries, reported } = await createSampleApi();
  deliveries.failure = new Error('connection refused');
  const response = await post(JSON.stringify([sale('a')]));
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toBe('5');
  expect(await response.json()).toMatchObject({ code: 'store-unavailable' });
  expect(reported).toHaveLength(1);
});

it('stops reading a body that is too long', async () => {
  const { app } = await createSampleApi();
  let chunks = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      chunks++;
      controller.enqueue(new TextEncoder().encode(`${' '.repeat(99_999)}\n`));
    },
  });
  const response = await app.request('/v1/transactions', {
    method: 'POST',
    headers: { ...NDJSON, Authorization: 'Bearer a-key-for-the-tests' },
    body: endless,
    duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(413);
  expect(chunks).toBeLessThan(30);
});
