import { parseEntryId } from '../../../shared/store/entry-id.ts';
import type { StoreStatus } from '../../../shared/store/sales-store.ts';
import type { Position } from './position.ts';

/** Milliseconds of event time from the counted sales to the newest entry of the stream; 0 when nothing waits. */
export function lagOf(status: Pick<StoreStatus, 'newestEntry'>, position: Pick<Position, 'asOf'>): number {
  if (status.newestEntry === null) return 0;
  return Math.max(0, parseEntryId(status.newestEntry).instant - position.asOf);
}
