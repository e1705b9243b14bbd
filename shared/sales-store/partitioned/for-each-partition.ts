import { at } from '../../at.ts';
import { PartialRunError } from '../../errors/partial-run-error.ts';
import type { PartitionId } from '../partition-id.ts';

/** Work on some of the partitions failed; what the others did stays, and is the report. */
export class PartitionFailure<R> extends PartialRunError<R> {
  override name = 'PartitionFailure';
}

/**
 * Does the same work on every partition at the same time; one that fails keeps no other from its work.
 *
 * @param merge makes one report of several, given those that came to an end.
 * @throws {PartitionFailure} naming every partition that failed; what a single partition throws passes as it is.
 */
export async function forEachPartition<P extends PartitionId, R>(
  partitions: readonly P[],
  work: (partition: P) => Promise<R>,
  merge: (reports: readonly R[]) => R,
): Promise<R> {
  const outcomes = await Promise.allSettled(partitions.map(async (partition) => work(partition)));
  const failures = outcomes.flatMap((outcome, i) =>
    outcome.status === 'rejected'
      ? [{ index: at(partitions, i).index, error: outcome.reason as unknown }]
      : [],
  );
  const report = merge(
    outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
  );
  const [first] = failures;
  if (!first) return report;
  if (partitions.length === 1) throw first.error;
  const reasons = failures.map(({ index, error }) => `partition ${index}: ${String(error)}`);
  throw new PartitionFailure(
    failures.map(({ error }) => error),
    `${failures.length} of ${partitions.length} partitions failed: ${reasons.join('; ')}`,
    report,
  );
}
