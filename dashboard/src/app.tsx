import { useEffect } from 'preact/hooks';
import { AccuracyCard } from './accuracy/accuracy-card.tsx';
import { ForecastCard } from './forecast/forecast-card.tsx';
import { PageHeader, PageNotice } from './header/page-header.tsx';
import { useOnline } from './lib/api/page-activity.ts';
import type { Resource } from './lib/api/use-resource.ts';
import { useUrlState } from './lib/url-state.ts';
import { LiveCard } from './live/live-card.tsx';
import { SeriesPicker, SeriesPickerSkeleton } from './picker/series-picker.tsx';
import { PipelineCard } from './pipeline/pipeline-card.tsx';
import { useDashboardData } from './use-dashboard-data.ts';

export function App() {
  const online = useOnline();
  const [url, setUrl] = useUrlState();
  const data = useDashboardData(url, online);
  const { live, pipeline, catalog, daily, forecast, champion, index, selection, freshness } = data;
  const timeZone = catalog.data?.business_time_zone ?? null;

  useEffect(() => {
    // The page's title in bookmarks and tabs.
    if (selection) document.title = `${selection.family}, store ${selection.storeNbr} · Retail Demand Edge`;
  }, [selection?.family, selection?.storeNbr]);

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

/** Undefined while a response is pending, null when there is none. */
function unknown(resource: Resource<unknown>): null | undefined {
  return resource.error ? null : undefined;
}
