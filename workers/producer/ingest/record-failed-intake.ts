import { type EpochMs, isRecent } from '../../../shared/calendar/business-clock.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { PipelineStatus } from '../../../shared/pipeline-status/pipeline-status.ts';
import type { TransactionIntake } from '../../../shared/schemas/api/transactions.ts';

/** One record says as much as a thousand: a store that is full refuses every delivery. */
const RECORD_EVERY_MS = 60_000;

/** The same intake, its failures recorded as those of the process `intake`, so that every isolate can tell of them. */
export function recordFailedIntake(
  intake: TransactionIntake,
  { status, now }: { readonly status: PipelineStatus; readonly now: () => EpochMs },
): TransactionIntake {
  let recordedAt = Number.NEGATIVE_INFINITY;
  return {
    takeIn: async (incoming) => {
      try {
        return await intake.takeIn(incoming);
      } catch (error) {
        const at = now();
        if (!isRecent(recordedAt, at, RECORD_EVERY_MS)) {
          recordedAt = at;
          const failed = { outcome: 'failed', counts: {}, error: messageOf(error) };
          await status.recordRun('intake', { scheduledTime: at, finishedAt: at, ...failed });
        }
        throw error;
      }
    },
  };
}
