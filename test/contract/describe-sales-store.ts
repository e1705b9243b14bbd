import { describe } from 'vitest';
import { describeCommit } from './sales-store/commit.ts';
import { describeCompaction } from './sales-store/compaction.ts';
import type { MakeStore } from './sales-store/context.ts';
import { describeExactlyOnce } from './sales-store/exactly-once.ts';
import { describeExpiry } from './sales-store/expiry.ts';
import { describeHistory } from './sales-store/history.ts';
import { describeIngest } from './sales-store/ingest.ts';
import { describeStream } from './sales-store/stream.ts';

/**
 * What every adapter of `SalesStore` must do.
 *
 * @param name of the adapter.
 * @param makeStore makes an empty store that shares nothing with any other.
 */
export function describeSalesStore(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    describeStream(makeStore);
    describeIngest(makeStore);
    describeCommit(makeStore);
    describeHistory(makeStore);
    describeCompaction(makeStore);
    describeExpiry(makeStore);
    describeExactlyOnce(makeStore);
  });
}
