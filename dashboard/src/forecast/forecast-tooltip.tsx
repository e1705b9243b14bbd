import { TooltipRow } from '../chart/tooltip-row.tsx';
import { formatLongDate } from '../format/dates.ts';
import { formatCount, formatUnits } from '../format/numbers.ts';
import { closureText } from './closure-text.ts';
import type { ForecastDay } from './forecast-view.ts';

export function ForecastTooltip({ day }: { readonly day: ForecastDay }) {
  const { sold, soFar, forecast, onpromotion } = day;
  return (
    <>
      <strong>{formatLongDate(day.date)}</strong>
      {sold !== null && <TooltipRow mark="key-sold" label="Sold" value={formatUnits(sold)} />}
      {soFar !== null && <TooltipRow mark="key-so-far" label="Sold so far" value={formatUnits(soFar)} />}
      {forecast && (
        <>
          <TooltipRow mark="key-forecast" label="Forecast (p50)" value={formatUnits(forecast.p50)} />
          <TooltipRow
            mark="key-band"
            label="p10 – p90"
            value={`${formatUnits(forecast.p10)} – ${formatUnits(forecast.p90)}`}
          />
          <TooltipRow label="Mean" value={formatUnits(forecast.mean)} />
          {forecast.closed !== undefined && (
            <TooltipRow label="Store closed" value={closureText(forecast.closed)} />
          )}
        </>
      )}
      {sold === null && soFar === null && !forecast && <TooltipRow label="Sold" value="not known" />}
      {onpromotion > 0 && (
        <TooltipRow mark="key-promotion" label="On promotion" value={formatCount(onpromotion)} />
      )}
    </>
  );
}
