import type { SalesStore, StreamEntry } from '../../shared/sales-store/sales-store.ts';
import type { TakenTransactionsBody } from '../../shared/schemas/api/transactions.ts';
import { createTransactionIntake } from '../../workers/producer/ingest/transaction-intake.ts';
import { type PipelineFixture, tickAt } from '../support/pipeline/pipeline-fixture.ts';
import type { Random } from './random.ts';

/** A row of a till: one of few receipts, with or without a line, with one of several contents. */
export interface TillRow {
  readonly receipt: number;
  readonly line: number | null;
  readonly content: number;
}

/** Deliveries of a schedule: the JSON of every row that was sent, and what was answered. */
export interface TillRecord {
  readonly sent: Set<string>;
  readonly answered: { readonly rows: readonly Row[]; readonly body: TakenTransactionsBody }[];
}

interface Row {
  readonly id: string;
  readonly line?: number;
}

const LIMITS = {
  maxRows: 100,
  maxBytes: 100_000,
  rowsPerEntry: 2,
  maxUnits: 100,
  maxAheadMs: 3_600_000,
  maxLateMs: 4 * 86_400_000,
};
const FIRST_ROW = '{"transactions":[{"id":"receipt ';

/** Rows that meet those of other deliveries, and each other. */
export function pickTillRows(random: Random): TillRow[] {
  return Array.from({ length: 1 + random.below(5) }, () => ({
    receipt: random.below(4),
    line: random.pick([null, 0, 1, 2]),
    content: random.pick([0, 0, 0, 1, 2, 3]),
  }));
}

/** Sends a delivery again and again, as a till does, until it is answered or the till gives up. */
export async function deliver(
  store: SalesStore,
  { objects, clock }: PipelineFixture,
  picked: readonly TillRow[],
  idempotencyKey: string | null,
  { sent, answered }: TillRecord,
): Promise<void> {
  const rows = picked.map(makeRow);
  for (const row of rows) sent.add(JSON.stringify(row));
  const intake = createTransactionIntake({ store, objects, clock, limits: LIMITS, now: () => 0 });
  for (let attempt = 1; ; attempt++) {
    const body = new Blob([JSON.stringify(rows)]).stream() as ReadableStream<Uint8Array>;
    try {
      const answer = await intake.takeIn({ format: 'json', body, idempotencyKey });
      if (answer.outcome !== 'refused') answered.push({ rows, body: answer.body });
      else if (answer.code !== 'idempotency-conflict') throw new RangeError(answer.detail);
      return;
    } catch (error) {
      if (attempt === 6 || error instanceof RangeError) throw error;
    }
  }
}

function makeRow({ receipt, line, content }: TillRow): Row {
  const sale = {
    id: `receipt ${receipt}`,
    ts: tickAt(0) + 1000 * receipt + (content === 3 ? 1 : 0),
    store_nbr: 1 + (receipt % 2),
    family: `FAMILY NUMBER ${content === 1 ? 2 : 1}`,
    units: content === 2 ? 7.5 : 1.25 + (line ?? 0),
    onpromotion: 0,
  };
  return line === null ? sale : { ...sale, line };
}

/** Whether an entry is one of a delivery; every row of a till has such an id. */
export function isDelivered({ payload }: StreamEntry): boolean {
  return payload.startsWith(FIRST_ROW);
}

/**
 * No row is lost or counted twice, and none is answered wrongly: what is accepted or a duplicate stands in the stream
 * as it was sent, once; what is a conflict stands there otherwise.
 *
 * @returns what is not so, as text
 */
export function checkDeliveries(entries: readonly StreamEntry[], { sent, answered }: TillRecord): string[] {
  const problems: string[] = [];
  const held = new Map<string, string>();
  for (const { payload } of entries.filter(isDelivered)) {
    for (const row of (JSON.parse(payload) as { transactions: Row[] }).transactions) {
      const name = nameOf(row);
      if (held.has(name)) problems.push(`${name} is in the stream 2 times`);
      held.set(name, JSON.stringify(row));
      if (!sent.has(JSON.stringify(row))) problems.push(`${JSON.stringify(row)} was sent by nobody`);
    }
  }
  for (const { rows, body } of answered) {
    if (body.accepted + body.duplicates.length + body.rejected.length !== rows.length) {
      problems.push(`${rows.length} rows were answered with ${JSON.stringify(body)}`);
    }
    const rejected = new Map(body.rejected.map(({ row, code }) => [row, code]));
    for (const [place, row] of rows.entries()) {
      const inStream = held.get(nameOf(row));
      const isAsSent = inStream === JSON.stringify(row);
      const code = rejected.get(place);
      const isRight =
        code === undefined ? isAsSent : code === 'conflict' && inStream !== undefined && !isAsSent;
      if (!isRight) {
        problems.push(`${nameOf(row)} was answered ${code ?? 'as counted'}, but the stream has ${inStream}`);
      }
    }
  }
  return problems;
}

function nameOf({ id, line }: Row): string {
  return line === undefined ? id : `line ${line} of ${id}`;
}
