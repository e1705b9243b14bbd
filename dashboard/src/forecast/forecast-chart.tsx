import { at, last } from '../../../shared/at.ts';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { ChartFrame, type Margins, TooltipRow, ValueAxis } from '../lib/charts/chart-frame.tsx';
import { labelledDays, linearScale, niceTicks } from '../lib/charts/geometry.ts';
import { formatLongDate, formatShortDate } from '../lib/format/dates.ts';
import { formatCompact, formatCount, formatUnits } from '../lib/format/numbers.ts';
import { ForecastMarks } from './forecast-marks.tsx';
import { closureText, describeDay, type ForecastDay, type ForecastView } from './forecast-view.ts';

const HEIGHT = 340;
const PROMOTION_HEIGHT = 26;
const MARGINS: Margins = { top: 26, right: 14, bottom: 26 + PROMOTION_HEIGHT, left: 46 };
/** A date and the gap to the next one. */
const DATE_WIDTH = 58;

interface ForecastChartProps {
  readonly view: ForecastView;
  readonly summary: string;
}

/** Units by day: sales, then the forecast with its interval; promotions in a lane of their own beneath. */
export function ForecastChart({ view, summary }: ForecastChartProps) {
  const { days } = view;
  const ticks = niceTicks(view.largest, 5);
  const base = HEIGHT - MARGINS.bottom;
  const y = linearScale([0, last(ticks)], [base, MARGINS.top]);
  const xScale = (width: number) =>
    linearScale([-0.5, days.length - 0.5], [MARGINS.left, width - MARGINS.right]);
  const first = days[0];
  const newest = days.at(-1);

  return (
    <ChartFrame
      height={HEIGHT}
      summary={summary}
      cursorLabel="Day"
      count={days.length}
      start={Math.min(view.firstOpen, days.length - 1)}
      page={7}
      xOf={(position, width) => xScale(width)(position)}
      describe={(position) => (days[position] ? describeDay(days[position]) : '')}
      tooltip={(position) => days[position] && <ForecastTooltip day={days[position]} />}
    >
      {(width, position) => {
        const x = xScale(width);
        const pixelsPerDay = x(1) - x(0);
        const mondays = first && newest ? labelledDays(first.day, newest.day, pixelsPerDay, DATE_WIDTH) : [];
        return (
          <>
            <ValueAxis
              ticks={ticks}
              y={y}
              left={MARGINS.left}
              right={width - MARGINS.right}
              write={formatCompact}
            />
            {mondays.map((day) => {
              const place = x(day - at(days, 0).day);
              // A centred label would overflow at the ends.
              const anchor = place + 24 > width ? 'end' : 'middle';
              return (
                <g key={day}>
                  <line class="axis-tick" x1={place} x2={place} y1={HEIGHT - 24} y2={HEIGHT - 20} />
                  <text class="axis-label" x={place} y={HEIGHT - 7} text-anchor={anchor}>
                    {formatShortDate(toIsoDate(day))}
                  </text>
                </g>
              );
            })}
            <ForecastMarks
              view={view}
              x={x}
              y={y}
              top={MARGINS.top}
              base={base}
              lane={{ base: HEIGHT - 26, height: PROMOTION_HEIGHT - 8 }}
              position={position}
            />
          </>
        );
      }}
    </ChartFrame>
  );
}

export function ForecastTooltip({ day }: { readonly day: ForecastDay }) {
  const { sold, soFar, forecast, onpromotion } = day;
  return (
    <>
      <strong>{formatLongDate(day.date)}</strong>
      {sold !== null && <TooltipRow mark="key-sold" label="Sold" value={formatUnits(sold)} />}
      {soFar !== null && <TooltipRow mark="key-so-far" label="Sold so far" value={formatUnits(soFar)} />}
      {forecast && (
        <>
          <TooltipRow mark="key-forecast" label="Forecast (median)" value={formatUnits(forecast.p50)} />
          <TooltipRow
            mark="key-band"
            label="80% interval"
            value={`${formatUnits(forecast.p10)} – ${formatUnits(forecast.p90)}`}
          />
          <TooltipRow label="Mean" value={formatUnits(forecast.mean)} />
          {forecast.holidays !== undefined && (
            <TooltipRow label="Holiday" value={forecast.holidays.join(', ')} />
          )}
          {forecast.closed !== undefined && (
            <TooltipRow label="Store closed" value={closureText(forecast.closed)} />
          )}
        </>
      )}
      {sold === null && soFar === null && !forecast && <TooltipRow label="Sold" value="unknown" />}
      {onpromotion > 0 && (
        <TooltipRow mark="key-promotion" label="On promotion" value={formatCount(onpromotion)} />
      )}
    </>
  );
}
