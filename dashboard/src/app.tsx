import { AccuracyCard } from './accuracy/accuracy-card.tsx';
import { requests } from './api/requests.ts';
import { type Resource, useResource } from './api/use-resource.ts';
import { ForecastCard } from './forecast/forecast-card.tsx';
import { HISTORY_DAYS } from './forecast/forecast-content.tsx';
import { PageHeader } from './header/page-header.tsx';
import { PageNotice } from './header/page-notice.tsx';
import { useFreshness } from './header/use-freshness.ts';
import { LiveCard } from './live/live-card.tsx';
import { indexSeries, resolveSelection } from './picker/series-index.ts';
import { SeriesPicker } from './picker/series-picker.tsx';
import { SeriesPickerSkeleton } from './picker/series-picker-skeleton.tsx';
import { PipelineCard } from './pipeline/pipeline-card.tsx';
import { useOnline } from './polling/use-online.ts';
import { useUrlState } from './url/use-url-state.ts';

/** Milliseconds between polls. */
const POLL = { live: 3_000, pipeline: 5_000, daily: 15_000, forecast: 60_000, seldom: 300_000 };

export function App() {
  const online = useOnline();
  const [url, setUrl] = useUrlState();
  const live = useResource('live', POLL.live, requests.live);
  const pipeline = useResource('pipeline', POLL.pipeline, requests.pipeline);
  const catalog = useResource('catalog', POLL.seldom, requests.catalog);
  const freshness = useFreshness(live, online);

  const timeZone = catalog.data?.business_time_zone ?? null;

  const index = catalog.data && indexSeries(catalog.data);
  const selection = index && resolveSelection(index, url);
  // A new business day moves the origin of the forecast: ask again at once.
  const series = selection && `${selection.storeNbr}:${selection.family} ${live.data?.business_date ?? ''}`;
  const { storeNbr, family } = selection ?? { storeNbr: 0, family: '' };
  const daily = useResource(series, POLL.daily, (signal) =>
    requests.daily(storeNbr, family, HISTORY_DAYS, signal),
  );
  const forecast = useResource(series, POLL.forecast, (signal) =>
    requests.forecast(storeNbr, family, signal),
  );
  const champion = useResource(
    `champion ${forecast.data?.model_version ?? ''}`,
    POLL.seldom,
    requests.champion,
  );

  return (
    <>
      <a class="skip-link" href="#main">
        Skip to the numbers
      </a>
      <PageHeader
        dataset={catalog.data?.dataset ?? unknown(catalog)}
        timeZone={timeZone}
        businessDate={live.data?.business_date ?? unknown(live)}
        asOf={live.data?.as_of ?? unknown(live)}
        modelVersion={forecast.data?.model_version ?? champion.data?.version ?? unknown(champion)}
        freshness={freshness}
      />
      <PageNotice online={online} pipeline={live.data && pipeline.data} />
      <main id="main" tabIndex={-1}>
        <div class="column">
          <LiveCard resource={live} pipeline={pipeline.data} />
          <PipelineCard resource={pipeline} timeZone={timeZone} />
        </div>
        <div class="column column-wide">
          <ForecastCard
            selection={selection}
            daily={catalog.data ? daily : { ...daily, error: catalog.error, retry: catalog.retry }}
            forecast={forecast}
            pipeline={pipeline.data}
            tableOpen={url.table}
            onTable={(open) => setUrl({ table: open })}
            picker={
              index && selection ? (
                <SeriesPicker
                  index={index}
                  selection={selection}
                  onSelect={(picked, how) => setUrl(picked, how === 'chosen' ? 'push' : 'replace')}
                />
              ) : (
                catalog.error === null && <SeriesPickerSkeleton />
              )
            }
          />
          <AccuracyCard resource={champion} pipeline={pipeline.data} />
        </div>
      </main>
    </>
  );
}

/** Undefined while an answer is on its way, null when there is none. */
function unknown(resource: Resource<unknown>): null | undefined {
  return resource.error ? null : undefined;
}
