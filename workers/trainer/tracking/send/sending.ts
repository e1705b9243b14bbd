import type { MlflowConnection } from '../mlflow/send-request.ts';
import { noProgress, type Progress, type SpoolEntry } from '../spool/spool-entry.ts';

/** Where runs go. */
export interface Target {
  readonly connection: MlflowConnection;
  readonly experiment: string;
  /** Name of the registered model. */
  readonly model: string;
}

/**
 * One entry of the spool on its way. What has been done is written down at once, so that a sending that was broken off
 * goes on where it stood.
 */
export interface Sending {
  readonly target: Target;
  readonly entry: SpoolEntry;
  readonly progress: Readonly<Progress>;
  /** How long the entry has waited. */
  readonly waitedMs: number;
  /** Notes what the server has answered. */
  save(change: Partial<Progress>): Promise<void>;
  /** Does what has not been done yet, under a name that no other step of the entry has. */
  step(name: string, action: () => Promise<void>): Promise<void>;
  /** Tells people what they should know. */
  note(text: string): void;
}

export interface SendingContext {
  readonly now: () => Date;
  readonly onNote: (note: string) => void;
  /** Called after each step. */
  readonly onStep: () => Promise<void>;
}

export async function openSending(
  entry: SpoolEntry,
  target: Target,
  { now, onNote, onStep }: SendingContext,
): Promise<Sending> {
  const name = `${target.connection.baseUrl} ${target.experiment} ${target.model}`;
  const kept = await entry.readProgress();
  let progress = kept?.target === name ? kept : noProgress(name);
  let writing: Promise<void> = Promise.resolve();
  const save = (change: Partial<Progress>) => {
    progress = { ...progress, ...change };
    // One after the other, each as far as things are then: of two that overtake each other, the older would stay.
    writing = writing.catch(() => undefined).then(() => entry.writeProgress(progress));
    return writing;
  };
  return {
    target,
    entry,
    get progress() {
      return progress;
    },
    waitedMs: entry.since === null ? 0 : now().getTime() - entry.since.getTime(),
    save,
    async step(step, action) {
      if (progress.done.includes(step)) return;
      await action();
      await save({ done: [...progress.done, step] });
      await onStep();
    },
    note: onNote,
  };
}
