/** Decides whether a process that ended is started again, and when. */
export interface RestartBudget {
  readonly limit: number;
  /**
   * @param now milliseconds of a clock that nobody sets.
   * @returns milliseconds to wait before the next start; null once it has ended too often for that to help.
   */
  spend(now: number): number | null;
}

const LIMIT = 5;
const WITHIN_MS = 3 * 60_000;
const FIRST_DELAY_MS = 200;

/** Five restarts within three minutes, each after twice the wait of the one before. */
export function createRestartBudget(): RestartBudget {
  let recent: number[] = [];
  return {
    limit: LIMIT,
    spend: (now) => {
      recent = [...recent.filter((instant) => now - instant < WITHIN_MS), now];
      return recent.length > LIMIT ? null : FIRST_DELAY_MS * 2 ** (recent.length - 1);
    },
  };
}
