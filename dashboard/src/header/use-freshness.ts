import { useEffect, useRef, useState } from 'preact/hooks';
import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import type { Resource } from '../api/use-resource.ts';
import { type Freshness, readFreshness } from './freshness.ts';

/** How often the age of the data is looked at when nothing else happens. */
const LOOK_EVERY = 10_000;

/** The freshness of what the page shows; null before anything is known. */
export function useFreshness(resource: Resource<SalesLiveBody>, online: boolean): Freshness | null {
  const { data: live, error } = resource;
  const moved = useRef({ watermark: null as string | null, at: Date.now() });
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_EVERY);
    return () => clearInterval(timer);
  }, []);
  if (!online) return { state: 'unreachable', label: 'Offline', detail: 'There is no network' };
  if (error?.kind === 'not-ready') return { state: 'waiting', label: 'Getting ready', detail: error.detail };
  if (error) return { state: 'unreachable', label: 'No answer', detail: error.title };
  if (live === null) return null;
  if (live.watermark !== moved.current.watermark)
    moved.current = { watermark: live.watermark, at: Date.now() };
  return readFreshness({
    asOf: Date.parse(live.as_of),
    started: live.watermark !== null,
    lag: live.lag_ms,
    unmovedFor: Math.max(0, now - moved.current.at),
    now,
  });
}
