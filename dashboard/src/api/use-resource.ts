import { useEffect, useRef, useState } from 'preact/hooks';
import { pageActivity } from '../polling/page-activity.ts';
import { createPoller, type Poller, type PollerClock } from '../polling/poller.ts';
import { type ApiError, asApiError } from './api-error.ts';

/** An answer of the API that is kept fresh, each on its own: one that fails leaves the others alone. */
export interface Resource<T> {
  /** The newest answer, also while a newer one is fetched or has failed. */
  readonly data: T | null;
  /** Why the newest question has no answer; null after a success. */
  readonly error: ApiError | null;
  retry(): void;
}

interface Held<T> {
  readonly data: T | null;
  readonly error: ApiError | null;
}

const browserClock: PollerClock = {
  set: (action, milliseconds) => window.setTimeout(action, milliseconds),
  clear: (handle) => window.clearTimeout(handle as number),
  random: Math.random,
};

/**
 * @param key Names what is asked for; a new key asks at once, and `data` stays that of the old one until the answer
 *   comes. Null asks nothing.
 * @param interval Milliseconds between an answer and the next question.
 * @param load Reads the answer; may change between renders, the newest one is called.
 */
export function useResource<T>(
  key: string | null,
  interval: number,
  load: (signal: AbortSignal) => Promise<T>,
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ data: null, error: null });
  const newest = useRef(load);
  newest.current = load;
  const poller = useRef<Poller | null>(null);

  useEffect(() => {
    if (key === null) return;
    // A failure that belongs to the previous key says nothing about this one.
    setHeld((before) => ({ ...before, error: null }));
    const mine = createPoller<T>({
      load: (signal) => newest.current(signal),
      interval,
      onData: (data) => setHeld({ data, error: null }),
      onError: (error) => setHeld((before) => ({ ...before, error: asApiError(error) })),
      isPassing: (error) => asApiError(error).kind === 'not-ready',
      clock: browserClock,
    });
    poller.current = mine;
    const follow = () => (pageActivity.isActive() ? mine.resume() : mine.pause());
    const unsubscribe = pageActivity.subscribe(follow);
    mine.refresh();
    return () => {
      unsubscribe();
      mine.stop();
    };
  }, [key, interval]);

  return {
    ...held,
    retry: () => {
      setHeld((before) => ({ ...before, error: null }));
      poller.current?.refresh();
    },
  };
}
