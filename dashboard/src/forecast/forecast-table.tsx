import type { ForecastBody } from '../../../shared/schemas/api/forecast.ts';
import type { SalesDailyBody } from '../../../shared/schemas/api/sales-daily.ts';
import { formatDay } from '../lib/format/dates.ts';
import { formatCount, formatUnits, NO_VALUE } from '../lib/format/numbers.ts';
import { closureText } from './forecast-view.ts';

interface ForecastTableProps {
  readonly forecast: ForecastBody;
  readonly today: SalesDailyBody['today'] | null;
}

/** The forecast in numbers: the content of the chart, for copying and for screen readers. */
export function ForecastTable({ forecast, today }: ForecastTableProps) {
  return (
    <div class="table-scroll">
      <table>
        <caption class="visually-hidden">
          Forecast of <bdi>{forecast.family}</bdi> in store <bdi>{forecast.store_nbr}</bdi> by day, in units
        </caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" class="number">
              Low (p10)
            </th>
            <th scope="col" class="number">
              Median (p50)
            </th>
            <th scope="col" class="number">
              High (p90)
            </th>
            <th scope="col" class="number">
              Mean
            </th>
            <th scope="col" class="number">
              Promo
            </th>
          </tr>
        </thead>
        <tbody>
          {forecast.points.map((point) => (
            <tr key={point.date}>
              <th scope="row">
                {formatDay(point.date)}
                {today?.date === point.date && (
                  <span class="row-note">today, {formatUnits(today.units)} so far</span>
                )}
                {point.holidays !== undefined && <span class="row-note">{point.holidays.join(', ')}</span>}
                {point.closed !== undefined && (
                  <span class="row-note">store closed: {closureText(point.closed)}</span>
                )}
              </th>
              <td class="number">{formatUnits(point.p10)}</td>
              <td class="number best">{formatUnits(point.p50)}</td>
              <td class="number">{formatUnits(point.p90)}</td>
              <td class="number">{formatUnits(point.mean)}</td>
              <td class="number">{point.onpromotion === 0 ? NO_VALUE : formatCount(point.onpromotion)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
