import { useEffect, useState } from 'preact/hooks';
import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import type { Resource } from '../api/use-resource.ts';
import { type Freshness, readFreshness } from './freshness.ts';

/** How often the age of the data is looked at when nothing else happens. */
const LOOK_EVERY = 10_000;

/**
 * The freshness of what the page shows; null before anything is known.
 *
 * @param movedAt When the watermark last moved, as far as the page has seen.
 */
export function useFreshness(
  { data: live, error }: Resource<SalesLiveBody>,
  online: boolean,
  movedAt: { readonly current: number },
): Freshness | null {
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => look((times) => times + 1), LOOK_EVERY);
    return () => clearInterval(timer);
  }, []);
  if (!online) return { state: 'unreachable', label: 'Offline', detail: 'There is no network' };
  if (error?.kind === 'not-ready') return { state: 'waiting', label: 'Getting ready', detail: error.detail };
  if (error) return { state: 'unreachable', label: 'No answer', detail: error.title };
  if (live === null) return null;
  const now = Date.now();
  return readFreshness({
    asOf: Date.parse(live.as_of),
    started: live.watermark !== null,
    lag: live.lag_ms,
    unmovedFor: now - movedAt.current,
    now,
  });
}
