import { readFacts, readPointer, readPublication } from '../../../shared/artifacts/current-publication.ts';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectReader } from '../../../shared/artifacts/publication.ts';
import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { DeliveredRow } from '../../../shared/sales-store/delivery.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import type { RowProblemCode, TransactionIntake } from '../../../shared/schemas/api/transactions.ts';
import { toStreamRow } from '../../../shared/schemas/transaction.ts';
import { hashOfContent } from './content.ts';
import { describeDelivery, writeNote } from './describe-delivery.ts';
import { judgeRow } from './judge-row.ts';
import { type IngestLimits, rememberMsOf } from './limits.ts';
import { readRows } from './read-rows.ts';
import { streamTime } from './stream-time.ts';

export interface IntakeParts {
  readonly store: Pick<SalesStore, 'status' | 'ingest'>;
  readonly objects: ObjectReader;
  readonly clock: BusinessClock;
  readonly limits: IngestLimits;
  /** The real time; it only counts where no replay moves the stream's time on. */
  readonly now: () => EpochMs;
}

/** Takes deliveries of transactions into the stream: reads, judges and appends them, each transaction once. */
export function createTransactionIntake({
  store,
  objects,
  clock,
  limits,
  now,
}: IntakeParts): TransactionIntake {
  const findDataset = createDatasetReader(objects);
  return {
    takeIn: async ({ format, body, idempotencyKey }) => {
      const read = await readRows({ format, body }, limits);
      if ('outcome' in read) return read;
      const [dataset, status] = await Promise.all([findDataset(), store.status()]);
      if (!dataset) {
        const detail = `${datasetNames.catalog} is not published yet; train a model and publish its dataset`;
        return { outcome: 'refused', code: 'not-ready', detail };
      }
      const time = streamTime(status, dataset, clock, now());
      const rejected = new Map<number, RowProblemCode>();
      const rows: DeliveredRow[] = [];
      read.rows.forEach((row, place) => {
        const judged = judgeRow(row, dataset, time, limits);
        if ('code' in judged) {
          rejected.set(place, judged.code);
          return;
        }
        const { transaction } = judged;
        rows.push({
          storeNbr: transaction.store_nbr,
          id: transaction.id,
          line: transaction.line ?? null,
          contentHash: hashOfContent(transaction),
          // In the order of the sender's fields.
          json: JSON.stringify({ ...(row.value as object), ...toStreamRow(transaction) }),
        });
      });
      const result = await store.ingest({
        key: idempotencyKey,
        digest: read.digest,
        note: writeNote({ asOf: time.asOf, rejected }),
        rows,
        notBefore: time.notBefore,
        rememberMs: rememberMsOf(limits),
        rowsPerEntry: limits.rowsPerEntry,
      });
      if (result.outcome === 'key-conflict') {
        const detail =
          'This Idempotency-Key was used for another body; send the same body again, or a new key with the new one';
        return { outcome: 'refused', code: 'idempotency-conflict', detail };
      }
      return { outcome: result.outcome, body: describeDelivery(read.rows, result) };
    },
  };
}

/** Reads the pointer, and the catalog of each publication once. */
function createDatasetReader(objects: ObjectReader): () => Promise<DatasetFacts | null> {
  let known: { readonly id: string; readonly facts: DatasetFacts | null } | null = null;
  return async () => {
    const read = await readPointer(objects);
    if (!read) return null;
    const { current } = read.pointer;
    if (known?.id !== current.id) {
      const { dataset } = await readPublication(objects, current);
      known = { id: current.id, facts: await readFacts(dataset) };
    }
    return known.facts;
  };
}
