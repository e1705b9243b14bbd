import { useRef } from 'preact/hooks';
import { seriesKey } from '../../shared/schemas/series.ts';
import { HISTORY_DAYS } from './forecast/forecast-card.tsx';
import { useFreshness } from './header/freshness.ts';
import { paceOf } from './lib/api/poller.ts';
import { requests } from './lib/api/requests.ts';
import { useResource } from './lib/api/use-resource.ts';
import type { UrlState } from './lib/url-state.ts';
import { indexSeries, resolveSelection } from './picker/series-index.ts';

/** Milliseconds between polls of resources that change with the sales, and of those that hardly change. */
const NORMAL_INTERVAL = () => 60_000;
const SLOW_INTERVAL = () => 300_000;
/** The import of the history is watched step by step. */
const PIPELINE = { importing: 3_000, running: 20_000 };

/** The data of the page: a resource for each card, and what is derived from them. */
export function useDashboardData(url: UrlState, online: boolean) {
  const live = useResource({
    key: 'live',
    interval: (): number => paceOf(Date.now() - movedAt.current),
    load: requests.live,
  });
  const movedAt = useLastChange(live.data?.watermark);
  const freshness = useFreshness(live, online, movedAt);

  const pipeline = useResource({
    key: 'pipeline',
    changesWith: live.data?.watermark,
    interval: (): number => (importing ? PIPELINE.importing : PIPELINE.running),
    load: requests.pipeline,
  });
  const importing = pipeline.data?.history_import.complete === false;

  const catalog = useResource({ key: 'catalog', interval: SLOW_INTERVAL, load: requests.catalog });
  const index = catalog.data && indexSeries(catalog.data);
  const selection = index && resolveSelection(index, url);

  const { storeNbr, family } = selection ?? { storeNbr: '', family: '' };
  // A new business day moves the origin of the forecast: request it at once.
  const series = selection && `${seriesKey(storeNbr, family)} ${live.data?.business_date ?? ''}`;
  const daily = useResource({
    key: series,
    changesWith: live.data?.watermark,
    interval: NORMAL_INTERVAL,
    load: (signal) => requests.daily(storeNbr, family, HISTORY_DAYS, signal),
  });
  const forecast = useResource({
    key: series,
    interval: SLOW_INTERVAL,
    load: (signal) => requests.forecast(storeNbr, family, signal),
  });
  const champion = useResource({
    key: 'champion',
    changesWith: forecast.data?.model_version,
    interval: SLOW_INTERVAL,
    load: requests.champion,
  });

  return { live, pipeline, catalog, daily, forecast, champion, index, selection, freshness };
}

/** When the value last changed, milliseconds since the epoch; initially, when it was first read. */
export function useLastChange(value: string | null | undefined): { readonly current: number } {
  const at = useRef(Date.now());
  const before = useRef(value);
  if (value !== before.current) {
    before.current = value;
    at.current = Date.now();
  }
  return at;
}
