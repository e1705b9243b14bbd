import { readConfiguration } from './configuration.ts';
import { connect } from './connect.ts';
import { type SpoolOutcome, sendSpool } from './send/send-spool.ts';
import type { Target } from './send/sending.ts';
import type { Spool } from './spool/spool.ts';
import type { SpoolEntry } from './spool/spool-entry.ts';
import { waitingText } from './spool/waiting-text.ts';
import type { TrackerContext } from './tracker.ts';

/** Time that sending may take of a command that somebody waits for; what is left is sent by the next. */
const SENDING_TIME_MS = 60_000;
/** For the nightly run nobody waits. */
export const NIGHTLY_SENDING_TIME_MS = 600_000;

/** Entries may wait for different reasons, of which a few tell enough. */
const REASONS_SHOWN = 3;

/** @param afterwards done in what is left of the time */
export type SendWaiting = (
  afterwards?: (outcome: SpoolOutcome, target: Target) => Promise<void>,
) => Promise<void>;

/** Sends what waits in a spool, and tells what could not be sent. Never fails. */
export function createSender(spool: Spool, context: TrackerContext): SendWaiting {
  const { environment, now, onNote, onProgress, sendingTimeMs = SENDING_TIME_MS } = context;
  const tellWaiting = (reasons: readonly string[], entries: readonly Pick<SpoolEntry, 'since'>[]) => {
    const some = [...new Set(reasons)].slice(0, REASONS_SHOWN).join('; ');
    const waiting = waitingText(
      entries.map(({ since }) => since),
      now(),
    );
    onNote(
      `MLflow: not sent yet (${some}). ${waiting}: kept in ${spool.directory} and sent by the next run, or by ` +
        'npm run tracking -- send.',
    );
  };
  return async (afterwards) => {
    try {
      const configuration = readConfiguration(environment);
      const target = connect(configuration, AbortSignal.timeout(sendingTimeMs));
      const outcome = await sendSpool(spool, target, {
        now,
        onNote,
        onProgress: (done, total) => onProgress('MLflow: sending', done, total),
      });
      const { sent, left } = outcome;
      if (sent.length > 0) onNote(sentNote(outcome, configuration.baseUrl), 'info');
      if (left.length > 0)
        tellWaiting(
          left.map(({ reason }) => reason),
          left,
        );
      await afterwards?.(outcome, target);
    } catch (error) {
      tellWaiting(
        [error instanceof Error ? error.message : String(error)],
        await spool.list().catch(() => []),
      );
    }
  };
}

export function sentNote({ sent }: SpoolOutcome, baseUrl: string): string {
  return `MLflow: sent ${sent.length === 1 ? sent[0] : `${sent.length} entries`} to ${baseUrl}.`;
}
