import { showProgress } from '../../trainer/data/progress.ts';

/** Reports the progress of a step. */
export type ReportProgress = (done: number, total: number) => void;

/** Shows the steps of a start: a progress bar on a terminal while one runs, then its title and the time it took. */
export interface Steps {
  run<T>(title: string, work: (progress: ReportProgress) => Promise<T> | T): Promise<T>;
  note(text: string): void;
}

/** @param write receives whole lines. @param now a clock in milliseconds. */
export function createSteps(write: (line: string) => void, now: () => number): Steps {
  return {
    run: async (title, work) => {
      const startedAt = now();
      const bar = showProgress(`  ${title}`);
      try {
        const result = await work(bar.update);
        bar.stop();
        write(`  ${title} (${((now() - startedAt) / 1000).toFixed(1)} s)`);
        return result;
      } finally {
        bar.stop();
      }
    },
    note: (text) => write(`  ${text}`),
  };
}
