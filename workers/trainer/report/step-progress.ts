import { type Progress, showProgress } from '../progress.ts';
import type { ReportProgress } from './report-progress.ts';

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
