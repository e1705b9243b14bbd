import { partitionOfStore } from '../../shared/sales-store/partitioned/partition.ts';
import type { Transaction, TransactionBatch } from '../../shared/schemas/transaction.ts';

/**
 * The rows and tickets of a batch by the partition of their store, in their order; a partition without any gets an
 * empty batch. Together the parts are the batch. One partition gets the batch itself.
 */
export function splitBatch(batch: TransactionBatch, count: number): readonly TransactionBatch[] {
  if (count === 1) return [batch];
  const parts = Array.from({ length: count }, () => ({
    transactions: [] as Transaction[],
    tickets: [] as [string, number][],
  }));
  for (const row of batch.transactions) {
    parts[partitionOfStore(row.store_nbr, count)]?.transactions.push(row);
  }
  for (const [store, tickets] of Object.entries(batch.tickets ?? {})) {
    parts[partitionOfStore(store, count)]?.tickets.push([store, tickets]);
  }
  return parts.map(({ transactions, tickets }) => ({ transactions, tickets: Object.fromEntries(tickets) }));
}
