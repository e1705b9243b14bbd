/** The clock of a poller: the browser's in the page, a manual one in tests. */
export interface PollerClock {
  set(action: () => void, milliseconds: number): unknown;
  clear(handle: unknown): void;
  /** 0 up to 1. */
  random(): number;
}

export interface PollerOptions<T> {
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** Milliseconds from one response to the next request, evaluated each time. */
  readonly interval: () => number;
  readonly onData: (data: T) => void;
  readonly onError: (error: unknown) => void;
  /** Whether a failure is transient: waits do not grow with these. */
  readonly isPassing: (error: unknown) => boolean;
  readonly clock: PollerClock;
}

/** Repeats a request, one at a time. */
export interface Poller {
  /** Requests now, whatever the wait, and resets the count of failures; also starts the poller. */
  refresh(): void;
  /** Requests now because the response is likely to have changed; not while a request is pending, nor after a failure. */
  nudge(): void;
  /** Stops requests, e.g. while the page is hidden. A pending request is aborted. */
  pause(): void;
  /** Resumes after a pause with an immediate request, because the page is out of date. */
  resume(): void;
  /** Ends it for good. */
  stop(): void;
}

export function createPoller<T>(options: PollerOptions<T>): Poller {
  const { clock } = options;
  let state: 'running' | 'paused' | 'stopped' = 'running';
  let failures = 0;
  let timer: unknown = null;
  let asking: AbortController | null = null;

  const halt = () => {
    if (timer !== null) clock.clear(timer);
    timer = null;
    asking?.abort();
    asking = null;
  };

  const wait = () => {
    timer = clock.set(ask, nextDelay(options.interval(), failures, clock.random()));
  };

  const ask = () => {
    halt();
    const mine = new AbortController();
    asking = mine;
    const settle = (report: () => void) => {
      // The response of an abandoned request must not overwrite a newer one.
      if (asking !== mine) return;
      asking = null;
      report();
      if (state === 'running' && asking === null) wait();
    };
    options.load(mine.signal).then(
      (data) =>
        settle(() => {
          failures = 0;
          options.onData(data);
        }),
      (error: unknown) =>
        settle(() => {
          failures = options.isPassing(error) ? 1 : failures + 1;
          options.onError(error);
        }),
    );
  };

  return {
    refresh() {
      if (state === 'stopped') return;
      failures = 0;
      state = 'running';
      ask();
    },
    nudge() {
      if (state === 'running' && asking === null && failures === 0) ask();
    },
    pause() {
      if (state !== 'running') return;
      state = 'paused';
      halt();
    },
    resume() {
      if (state !== 'paused') return;
      state = 'running';
      ask();
    },
    stop() {
      state = 'stopped';
      halt();
    },
  };
}

/** The first wait after a failure, however long the interval. */
const FIRST_RETRY = 3_000;
/** The longest wait after failures: an open page recovers within about a minute. */
const LONGEST_RETRY = 60_000;

/**
 * How long to wait for the next attempt: the interval itself while all is well; after failures a few seconds, doubled
 * with every failure in a row, and spread by up to a fifth so that many open pages do not return all at once.
 *
 * @param interval Milliseconds between polls that succeed.
 * @param failures Failures in a row, 0 after a success.
 * @param spread A random number, 0 up to 1.
 */
export function nextDelay(interval: number, failures: number, spread: number): number {
  if (failures === 0) return interval;
  const doubled = Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY);
  return Math.round(doubled * (0.8 + 0.4 * spread));
}

/** Milliseconds between polls: right after a change, and long after one. */
const FASTEST = 3_000;
const SLOWEST = 20_000;

/**
 * The interval for sales that arrive in steps: a tenth of the time since the last step, within bounds. An accelerated
 * replay is followed closely, and a page that is open all day costs few requests.
 *
 * @param unmovedFor Milliseconds since the last step.
 */
export function paceOf(unmovedFor: number): number {
  return Math.min(SLOWEST, Math.max(FASTEST, Math.round(unmovedFor / 10)));
}
