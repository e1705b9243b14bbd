/** Prints the steps of a start, each with the time it took. */
export interface Steps {
  run<T>(title: string, work: () => Promise<T> | T): Promise<T>;
  note(text: string): void;
}

/** @param write receives whole lines. @param now a clock in milliseconds. */
export function createSteps(write: (line: string) => void, now: () => number): Steps {
  return {
    run: async (title, work) => {
      const startedAt = now();
      const result = await work();
      write(`  ${title} (${((now() - startedAt) / 1000).toFixed(1)} s)`);
      return result;
    },
    note: (text) => write(`  ${text}`),
  };
}
