import { useId } from 'preact/hooks';
import type { ForecastBody } from '../../../shared/schemas/api/forecast.ts';
import type { SalesDailyBody } from '../../../shared/schemas/api/sales-daily.ts';
import { Notice } from '../card/notice.tsx';
import { Stat } from '../card/stat.tsx';
import { Legend, type LegendEntry } from '../chart/legend.tsx';
import { useWidth } from '../chart/use-width.ts';
import { formatLongDate, formatShortDate } from '../format/dates.ts';
import { formatChange, formatUnits } from '../format/numbers.ts';
import { ForecastChart } from './forecast-chart.tsx';
import { describeForecast } from './forecast-summary.ts';
import { ForecastTable } from './forecast-table.tsx';
import { buildForecastView, type ForecastView, forecastTotals } from './forecast-view.ts';

/** The most closed days that the chart shows. */
export const HISTORY_DAYS = 84;

/** Closed days beside the forecast: as many as leave the forecast room at the width there is. */
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
            <button
              type="button"
              class="button"
              aria-expanded={tableOpen}
              aria-controls={table}
              onClick={() => onTable(!tableOpen)}
            >
              {tableOpen ? 'Hide table' : 'Show table'}
            </button>
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
    view.days.some((day) => day.forecast) && { mark: 'key-forecast', label: 'Forecast (p50)' },
    view.days.some((day) => day.forecast) && { mark: 'key-band', label: '80% interval (p10 – p90)' },
    view.largestPromotion > 0 && { mark: 'key-promotion', label: 'Items on promotion' },
  ];
  return entries.filter((entry) => entry !== false);
}
