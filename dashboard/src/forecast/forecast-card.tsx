import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { ForecastBody } from '../../../shared/schemas/api/forecast.ts';
import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { SalesDailyBody } from '../../../shared/schemas/api/sales-daily.ts';
import { forecastCsvUrl } from '../lib/api/requests.ts';
import type { Resource } from '../lib/api/use-resource.ts';
import { Card, Skeleton, Stat } from '../lib/cards/card.tsx';
import { Failure, Notice, StaleNotice } from '../lib/cards/with-resource.tsx';
import { Legend, type LegendEntry, useWidth } from '../lib/charts/chart-frame.tsx';
import { formatLongDate, formatShortDate } from '../lib/format/dates.ts';
import { formatChange, formatUnits } from '../lib/format/numbers.ts';
import type { Selection } from '../picker/series-index.ts';
import { ForecastChart } from './forecast-chart.tsx';
import { ForecastTable } from './forecast-table.tsx';
import { buildForecastView, describeForecast, type ForecastView, forecastTotals } from './forecast-view.ts';

interface ForecastCardProps {
  readonly selection: Selection | null;
  readonly daily: Resource<SalesDailyBody>;
  readonly forecast: Resource<ForecastBody>;
  readonly pipeline: PipelineBody | null;
  readonly picker: ComponentChildren;
  readonly tableOpen: boolean;
  readonly onTable: (open: boolean) => void;
}

/** Sales and forecast of one series. Each is shown without the other if need be. */
export function ForecastCard(props: ForecastCardProps) {
  const { selection, daily, forecast, pipeline } = props;
  const shown = daily.data ?? forecast.data;
  const outdated = shown !== null && !belongs(shown, selection);
  const failed = daily.error ?? forecast.error;
  const retry = () => {
    if (daily.error) daily.retry();
    if (forecast.error) forecast.retry();
  };
  const settled = !outdated && (daily.data !== null || forecast.data !== null);

  return (
    <Card title="Forecast" name="forecast" busy={!settled && failed === null}>
      {props.picker}
      {failed !== null && !settled && <Failure error={failed} pipeline={pipeline} onRetry={retry} />}
      {failed !== null && settled && (
        <StaleNotice error={failed} onRetry={retry} state={missingPart(daily.data, forecast.data)} />
      )}
      {failed === null && shown === null && (
        <div class="loading">
          <span class="visually-hidden" role="status">
            Loading
          </span>
          <Skeleton shape="line" />
          <Skeleton shape="tall-chart" />
        </div>
      )}
      {shown !== null && (settled || failed === null) && (
        <div class={outdated ? 'outdated' : ''}>
          <ForecastContent
            daily={daily.data && sameSeries(daily.data, shown) ? daily.data : null}
            forecast={forecast.data && sameSeries(forecast.data, shown) ? forecast.data : null}
            tableOpen={props.tableOpen}
            onTable={props.onTable}
          />
        </div>
      )}
      {selection === null && shown === null && failed === null && pipeline?.history_import.complete && (
        <Notice tone="empty" title="No series">
          <p>The catalog has no series.</p>
        </Notice>
      )}
    </Card>
  );
}

function missingPart(daily: SalesDailyBody | null, forecast: ForecastBody | null): string {
  if (forecast === null) return 'No forecast';
  return daily === null ? 'No sales' : 'Not up to date';
}

interface OfSeries {
  readonly store_nbr: string;
  readonly family: string;
}

function belongs(body: OfSeries, selection: Selection | null): boolean {
  return selection !== null && body.store_nbr === selection.storeNbr && body.family === selection.family;
}

function sameSeries(left: OfSeries, right: OfSeries): boolean {
  return left.store_nbr === right.store_nbr && left.family === right.family;
}

/** The most finished days that the chart shows. */
export const HISTORY_DAYS = 84;

/** Number of finished days shown, so that the forecast has room at the current width. */
const historyDaysFor = (width: number): number => (width < 560 ? 42 : width < 1000 ? 63 : HISTORY_DAYS);
const SPANS = [7, 14, 16];

interface ForecastContentProps {
  readonly daily: SalesDailyBody | null;
  readonly forecast: ForecastBody | null;
  readonly tableOpen: boolean;
  readonly onTable: (open: boolean) => void;
}

export function ForecastContent({ daily, forecast, tableOpen, onTable }: ForecastContentProps) {
  const table = useId();
  const { ref, width } = useWidth<HTMLDivElement>();
  const view = buildForecastView(daily, forecast, historyDaysFor(width));
  const nothing = view.firstOpen === 0 && view.largest === 0 && forecast === null;
  return (
    <div ref={ref} class="forecast-content">
      {forecast && <Totals daily={daily} forecast={forecast} />}
      {nothing ? (
        <Notice tone="empty" title="Nothing sold yet">
          <p>This series has neither sales nor a forecast.</p>
        </Notice>
      ) : (
        <figure>
          <ForecastChart view={view} summary={describeForecast(view, forecast)} />
          <Legend entries={legendOf(view)} />
        </figure>
      )}
      {forecast && (
        <>
          <div class="forecast-foot">
            <span class="actions">
              <button
                type="button"
                class="button"
                aria-expanded={tableOpen}
                aria-controls={table}
                onClick={() => onTable(!tableOpen)}
              >
                {tableOpen ? 'Hide table' : 'Show table'}
              </button>
              <a class="button" href={forecastCsvUrl(forecast.store_nbr, forecast.family)} download>
                Download CSV
              </a>
            </span>
            <span class="quiet">
              From sales through {formatLongDate(forecast.origin)}
              <span class="separator"> · </span>model {forecast.model_version}
            </span>
          </div>
          <div id={table} hidden={!tableOpen}>
            {tableOpen && <ForecastTable forecast={forecast} today={daily?.today ?? null} />}
          </div>
        </>
      )}
    </div>
  );
}

function Totals({
  daily,
  forecast,
}: Pick<ForecastContentProps, 'daily'> & { readonly forecast: ForecastBody }) {
  return (
    <dl class="stats">
      {forecastTotals(daily, forecast, SPANS).map((total) => (
        <Stat
          key={total.days}
          label={`Next ${total.days} days`}
          value={formatUnits(Math.round(total.units * 10) / 10)}
          note={
            total.change === null
              ? `through ${formatShortDate(total.to)}`
              : `${formatChange(total.change)} on the ${total.days} before`
          }
        />
      ))}
    </dl>
  );
}

function legendOf(view: ForecastView): LegendEntry[] {
  const entries: (LegendEntry | false)[] = [
    view.firstOpen > 0 && { mark: 'key-sold', label: 'Sold' },
    view.days.some((day) => day.soFar !== null) && { mark: 'key-so-far', label: 'Today so far' },
    view.days.some((day) => day.forecast) && { mark: 'key-forecast', label: 'Forecast (median)' },
    view.days.some((day) => day.forecast) && { mark: 'key-band', label: '80% interval (p10 – p90)' },
    view.largestPromotion > 0 && { mark: 'key-promotion', label: 'Items on promotion' },
  ];
  return entries.filter((entry) => entry !== false);
}
