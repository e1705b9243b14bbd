import type { Transaction } from '../../../../../../shared/schemas/transaction.ts';
import { NOW } from '../../../../../support/api/sample-api.ts';

/** A good sale of one minute before the stream's time. */
export function sale(id: string, changes: Partial<Transaction> = {}): Transaction {
  return { id, ts: NOW - 60_000, store_nbr: '44', family: 'DAIRY', units: 2.5, onpromotion: 0, ...changes };
}

/** Rows as NDJSON; strings are kept as they are. */
export function lines(...rows: readonly unknown[]): string {
  return rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
}

export const NDJSON = { 'Content-Type': 'application/x-ndjson' };
