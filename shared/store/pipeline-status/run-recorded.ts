import type { EpochMs } from '../../calendar/business-clock.ts';
import { PartitionFailure } from '../partitioned/for-each-partition.ts';
import type { PipelineProcess, PipelineStatus } from './pipeline-status.ts';

/**
 * Runs a process and records what came of it: the outcome and all numbers of its report, or why it failed.
 *
 * @throws what `work` throws, once that is recorded.
 */
export async function runRecorded<R extends { readonly outcome: string }>(
  status: PipelineStatus,
  process: PipelineProcess,
  scheduledTime: EpochMs,
  work: () => Promise<R>,
): Promise<void> {
  try {
    const { outcome, ...report } = await work();
    await status.recordRun(process, { scheduledTime, outcome, counts: numbersOf(report), error: null });
  } catch (error) {
    // What the other partitions have done is worth noting all the same.
    const counts = error instanceof PartitionFailure ? numbersOf(error.report) : {};
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await status.recordRun(process, { scheduledTime, outcome: 'failed', counts, error: message });
    throw error;
  }
}

function numbersOf(report: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
