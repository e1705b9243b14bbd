import { setTimeout as wait } from 'node:timers/promises';
import type { ObjectReader } from '../../../shared/artifacts/publication.ts';
import type { BucketAudit } from '../../../shared/sales-store/bucket-audit.ts';
import { hasCode } from '../../trainer/data/absent-file.ts';
import type { ReconcileRequest } from './reconcile-partition.ts';

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

/**
 * Reads again where the connection broke: a server closes one that has been idle for seconds, which a process that was
 * busy counting, or asleep, notices by its next request only. Reading twice changes nothing.
 *
 * @throws the last error of the connection, or any other.
 */
export async function retryRead<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === ATTEMPTS || !isBroken(error)) throw error;
    }
    await wait(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

/** Whether a request had no answer, of which fetch says the same for every reason. */
function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.message === 'fetch failed' ||
    error.name === 'TimeoutError' ||
    hasCode(error, 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET')
  );
}

/** A repair is not repeated: one whose answer is lost may have been carried out. */
export function retryAudit(audit: BucketAudit): BucketAudit {
  return {
    recordOf: (kind, period) => audit.recordOf(kind, period),
    repairRecord: (repair) => audit.repairRecord(repair),
    listRecords: () => retryRead(() => audit.listRecords()),
    readRecord: (record) => retryRead(() => audit.readRecord(record)),
    readEntries: (after, limit) => retryRead(() => audit.readEntries(after, limit)),
    listHistories: () => retryRead(() => audit.listHistories()),
    readHistories: (series) => retryRead(() => audit.readHistories(series)),
    readTicketHistories: (stores) => retryRead(() => audit.readTicketHistories(stores)),
  };
}

export function retryStore(store: ReconcileRequest['store']): ReconcileRequest['store'] {
  return {
    status: () => retryRead(() => store.status()),
    readDeadLetters: (limit) => retryRead(() => store.readDeadLetters(limit)),
    readOpening: (kind, period) => retryRead(() => store.readOpening(kind, period)),
  };
}

export function retryObjects(objects: ObjectReader): ObjectReader {
  return { get: (key) => retryRead(() => objects.get(key)) };
}
