import { useEffect, useRef, useState } from 'preact/hooks';
import { pageActivity } from './page-activity.ts';
import { createPoller, type Poller, type PollerClock } from './poller.ts';
import { type ApiError, asApiError } from './read-answer.ts';

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

export interface ResourceOptions<T> {
  /**
   * Names what is asked for; a new key asks at once, and `data` stays that of the old one until the answer comes. Null
   * asks nothing.
   */
  readonly key: string | null;
  /** When this changes, the answer is likely to have changed too, so it is asked for before its time. */
  readonly changesWith?: string | null | undefined;
  /** Milliseconds between an answer and the next question. */
  readonly interval: () => number;
  readonly load: (signal: AbortSignal) => Promise<T>;
}

/** Everything but the key may change from one render to the next; what is newest counts. */
export function useResource<T>(options: ResourceOptions<T>): Resource<T> {
  const { key, changesWith } = options;
  const [held, setHeld] = useState<Held<T>>({ data: null, error: null });
  const newest = useRef(options);
  newest.current = options;
  const poller = useRef<Poller | null>(null);

  useEffect(() => {
    if (key === null) return;
    // A failure that belongs to the previous key says nothing about this one.
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
    // Becoming known is no change.
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
