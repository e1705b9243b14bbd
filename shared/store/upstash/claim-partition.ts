import type { StoreKeys } from '../keys.ts';
import {
  formatPartitionId,
  type PartitionId,
  parsePartitionId,
  refuseOtherPartition,
} from '../partitioned/partition-id.ts';
import type { Requests } from './requests.ts';
import { CLAIM_PARTITION } from './scripts/claim-partition.lua.ts';

/** @throws {PartitionCountError} when the store is anything else already. */
export async function claimPartition(
  requests: Requests,
  keys: StoreKeys,
  partition: PartitionId,
): Promise<void> {
  const answer = await requests.write(CLAIM_PARTITION, [keys.state], [formatPartitionId(partition)]);
  if (answer === 'claimed') return;
  throw refuseOtherPartition(partition, answer === '' ? null : parsePartitionId(String(answer)));
}
