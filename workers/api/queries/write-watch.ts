import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { TransactionIntake } from '../../../shared/schemas/api/transactions.ts';

/** What became of the deliveries that this isolate has taken since it started. */
export interface WriteWatch {
  readonly writtenAt: EpochMs | null;
  /** The last delivery that could not be written, and how many since the last one that could. */
  readonly failure: { readonly at: EpochMs; readonly reason: string; readonly inARow: number } | null;
}

/** The same intake, and what is known of its writes. */
export function watchIntake(
  intake: TransactionIntake,
  now: () => EpochMs,
): { readonly intake: TransactionIntake; readonly writes: () => WriteWatch } {
  let writes: WriteWatch = { writtenAt: null, failure: null };
  return {
    writes: () => writes,
    intake: {
      takeIn: async (incoming) => {
        try {
          const answer = await intake.takeIn(incoming);
          // A refused or repeated delivery writes nothing.
          if (answer.outcome === 'taken') writes = { writtenAt: now(), failure: null };
          return answer;
        } catch (error) {
          const inARow = (writes.failure?.inARow ?? 0) + 1;
          writes = { ...writes, failure: { at: now(), reason: messageOf(error), inARow } };
          throw error;
        }
      },
    },
  };
}
