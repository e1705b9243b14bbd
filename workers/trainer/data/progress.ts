import { SingleBar } from 'cli-progress';

/** Receives the current activity and its progress. */
export type ReportProgress = (step: string, done: number, total: number) => void;

/** A visible progress bar, or a no-op. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

const REFRESHES_PER_SECOND = 8;

/** In a log, where a bar would fill the page, lines at this interval show that work continues. */
const LINE_INTERVAL_MS = 10_000;

/**
 * Shows a progress bar on a terminal; on a pipe or in a log a line every ten seconds.
 *
 * @param label the activity, in a few words.
 */
export function showProgress(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return showLines(label, stream);
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

function showLines(label: string, stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let shownAt = startedAt;
  let share = '';
  // On a timer and on updates: some work sends no updates, and busy work blocks timers.
  const show = () => {
    const now = performance.now();
    if (now - shownAt < LINE_INTERVAL_MS) return;
    shownAt = now;
    stream.write(`${label.trim()}: ${share}${Math.round((now - startedAt) / 1000)} s\n`);
  };
  const timer = setInterval(show, LINE_INTERVAL_MS / 10).unref();
  return {
    update(done, total) {
      share = total > 0 ? `${Math.floor((100 * done) / total)}%, ` : '';
      show();
    },
    stop: () => clearInterval(timer),
  };
}

/** Shows one progress bar after the other: a new step ends the previous one. */
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
