import type { SalesStore } from '../sales-store.ts';
import type { PartitionId } from './partition-id.ts';

/** One partition: a whole store of its own for some of the stores. */
export interface Partition extends PartitionId {
  readonly store: SalesStore;
  /** Whether the sales of a store are kept here. */
  owns(storeNbr: number): boolean;
}
