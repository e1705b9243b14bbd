import { useEffect, useRef, useState } from 'preact/hooks';
import { pageActivity } from './page-activity.ts';
import { createPoller, type Poller, type PollerClock } from './poller.ts';
import { type ApiError, asApiError } from './read-answer.ts';

/** A polled response of the API. Resources are independent: a failure of one does not affect the others. */
export interface Resource<T> {
  /** The newest response, also while a newer one is pending or has failed. */
  readonly data: T | null;
  /** Why the newest request failed; null after a success. */
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

export interface ResourceOptions<T> {
  /**
   * Identifies the request; a new key requests at once, and `data` stays that of the old one until the response
   * arrives. Null requests nothing.
   */
  readonly key: string | null;
  /** When this changes, the response is likely to have changed too, so it is requested early. */
  readonly changesWith?: string | null | undefined;
  /** Milliseconds between a response and the next request. */
  readonly interval: () => number;
  readonly load: (signal: AbortSignal) => Promise<T>;
}

/** Everything but the key may change from one render to the next; the newest values apply. */
export function useResource<T>(options: ResourceOptions<T>): Resource<T> {
  const { key, changesWith } = options;
  const [held, setHeld] = useState<Held<T>>({ data: null, error: null });
  const newest = useRef(options);
  newest.current = options;
  const poller = useRef<Poller | null>(null);

  useEffect(() => {
    if (key === null) return;
    // A failure of the previous key does not apply to this one.
    setHeld((before) => ({ ...before, error: null }));
    const mine = createPoller<T>({
      load: (signal) => newest.current.load(signal),
      interval: () => newest.current.interval(),
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
  }, [key]);

  const changedWith = useRef(changesWith);
  useEffect(() => {
    // The first value is not a change.
    if (changedWith.current && changedWith.current !== changesWith) poller.current?.nudge();
    changedWith.current = changesWith;
  }, [changesWith]);

  return {
    ...held,
    retry: () => {
      setHeld((before) => ({ ...before, error: null }));
      poller.current?.refresh();
    },
  };
}
