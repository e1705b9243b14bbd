import type { ComponentChildren } from 'preact';
import type { ForecastBody } from '../../../shared/schemas/api/forecast.ts';
import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { SalesDailyBody } from '../../../shared/schemas/api/sales-daily.ts';
import type { Resource } from '../api/use-resource.ts';
import { Card } from '../card/card.tsx';
import { Failure, Notice, StaleNotice } from '../card/notice.tsx';
import { Skeleton } from '../card/skeleton.tsx';
import type { Selection } from '../picker/series-index.ts';
import { ForecastContent } from './forecast-content.tsx';

interface ForecastCardProps {
  readonly selection: Selection | null;
  readonly daily: Resource<SalesDailyBody>;
  readonly forecast: Resource<ForecastBody>;
  readonly pipeline: PipelineBody | null;
  readonly picker: ComponentChildren;
  readonly tableOpen: boolean;
  readonly onTable: (open: boolean) => void;
}

/** Sales and forecast of one series. Each of the two shows without the other. */
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
          <p>The catalog lists no store that sells anything.</p>
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
  readonly store_nbr: number;
  readonly family: string;
}

function belongs(body: OfSeries, selection: Selection | null): boolean {
  return selection !== null && body.store_nbr === selection.storeNbr && body.family === selection.family;
}

function sameSeries(left: OfSeries, right: OfSeries): boolean {
  return left.store_nbr === right.store_nbr && left.family === right.family;
}
