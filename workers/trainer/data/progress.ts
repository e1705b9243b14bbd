import { SingleBar } from 'cli-progress';

/** Told what is being done and how far it is. */
export type ReportProgress = (step: string, done: number, total: number) => void;

/** A progress bar that is being shown, or nothing at all. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

const REFRESHES_PER_SECOND = 8;

/**
 * Shows a progress bar on a terminal; on a pipe or in a log it stays quiet, because nobody watches.
 *
 * @param label what is being done, in a few words.
 */
export function showProgress(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: `${label} [{bar}] {percentage}% | {eta_formatted} left`,
    stream,
    fps: REFRESHES_PER_SECOND,
    hideCursor: true,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
  });
  let isStarted = false;
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, done);
      isStarted = true;
      bar.setTotal(total);
      bar.update(done);
    },
    stop() {
      if (isStarted) bar.stop();
    },
  };
}

/** Shows one progress bar after the other: a new step ends the one before. */
export function createStepProgress(): { readonly report: ReportProgress; stop(): void } {
  let current: { readonly step: string; readonly bar: Progress } | null = null;
  const stop = () => {
    current?.bar.stop();
    current = null;
  };
  return {
    stop,
    report(step, done, total) {
      if (current?.step !== step) {
        stop();
        current = { step, bar: showProgress(step.padEnd(22)) };
      }
      current.bar.update(done, total);
    },
  };
}
