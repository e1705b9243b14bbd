import { hasCode, MlflowError } from '../mlflow/mlflow-error.ts';
import { findExperiment } from '../mlflow/runs.ts';
import { lockSpool, type SpoolLock } from '../spool/lock.ts';
import type { Spool } from '../spool/spool.ts';
import type { SpoolEntry } from '../spool/spool-entry.ts';
import { moveChampion } from './model-registry.ts';
import { sendTraining } from './send-training.ts';
import { openSending, type Target } from './sending.ts';

export interface LeftEntry extends Pick<SpoolEntry, 'name' | 'since'> {
  readonly reason: string;
}

/** What became of the entries of a spool. */
export interface SpoolOutcome {
  readonly sent: readonly string[];
  /** What is still there, since when, and why. */
  readonly left: readonly LeftEntry[];
}

export interface SendContext {
  readonly now: () => Date;
  readonly onProgress: (done: number, total: number) => void;
  readonly onNote: (note: string) => void;
}

const HELD = 'another process is sending it';

/**
 * Sends what is in a spool, oldest first. An entry that is damaged, or that the server refuses or fails at, is passed
 * over; when the server does not answer at all, the rest waits.
 */
export async function sendSpool(spool: Spool, target: Target, context: SendContext): Promise<SpoolOutcome> {
  const lock = await lockSpool(spool.directory, context.now);
  const entries = await spool.list();
  if (!lock) return { sent: [], left: entries.map(({ name, since }) => ({ name, since, reason: HELD })) };
  const sent: string[] = [];
  const left: LeftEntry[] = [];
  let obstacle: string | null = null;
  try {
    for (const [i, entry] of entries.entries()) {
      const { name, since } = entry;
      if (obstacle === null) {
        context.onProgress(i, entries.length);
        const error = await sendEntry(entry, target, lock, context);
        if (error === null) sent.push(name);
        else left.push({ name, since, reason: error.message });
        const isLast = i === entries.length - 1;
        if (!isLast && error instanceof MlflowError && error.concernsServer) {
          obstacle = await findObstacle(target);
        }
      } else left.push({ name, since, reason: obstacle });
    }
    context.onProgress(entries.length, entries.length);
  } finally {
    await lock.release();
  }
  return { sent, left };
}

/**
 * Asks for what concerns no entry, once: an entry that a server fails at must not hold up the others for good.
 *
 * @returns why nothing can be sent; null where the server answers
 */
async function findObstacle({ connection, experiment }: Target): Promise<string | null> {
  try {
    await findExperiment({ ...connection, tries: 1 }, experiment);
    return null;
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    return error.concernsServer ? error.message : null;
  }
}

/** @returns why the entry stays, or null when it has been sent and removed */
async function sendEntry(
  entry: SpoolEntry,
  target: Target,
  lock: SpoolLock,
  context: SendContext,
): Promise<Error | null> {
  try {
    await send(entry, target, lock, context).catch(async (error: unknown) => {
      // The ids are of another life of the server, whose data is gone: begin anew, once.
      if (!hasCode(error, 'RESOURCE_DOES_NOT_EXIST') || !(await entry.readProgress())) throw error;
      await entry.forgetProgress();
      await send(entry, target, lock, context);
    });
    await entry.remove();
    return null;
  } catch (error) {
    // Whatever it is, it must not hold up the entries after this one.
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function send(entry: SpoolEntry, target: Target, lock: SpoolLock, context: SendContext): Promise<void> {
  const record = await entry.readRecord();
  const sending = await openSending(entry, target, { ...context, onStep: lock.touch });
  if (record.kind === 'training') await sendTraining(sending, record);
  else await moveChampion(sending, record.key, record.champion_since);
}
