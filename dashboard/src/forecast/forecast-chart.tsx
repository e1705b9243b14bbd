import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { labelledDays } from '../chart/axis-days.ts';
import { ChartFrame, type Margins, ValueAxis } from '../chart/chart-frame.tsx';
import { linearScale, niceTicks } from '../chart/scale.ts';
import { formatShortDate } from '../format/dates.ts';
import { formatCompact } from '../format/numbers.ts';
import { ForecastMarks } from './forecast-marks.tsx';
import { describeDay } from './forecast-summary.ts';
import { ForecastTooltip } from './forecast-tooltip.tsx';
import type { ForecastView } from './forecast-view.ts';

const HEIGHT = 340;
const PROMOTION_HEIGHT = 26;
const MARGINS: Margins = { top: 26, right: 14, bottom: 26 + PROMOTION_HEIGHT, left: 46 };
/** A date and the gap to the next one. */
const DATE_WIDTH = 58;

interface ForecastChartProps {
  readonly view: ForecastView;
  readonly summary: string;
}

/** Units by day: what was sold, then what is expected with its interval; promotions in a lane of their own beneath. */
export function ForecastChart({ view, summary }: ForecastChartProps) {
  const { days } = view;
  const ticks = niceTicks(view.largest, 5);
  const base = HEIGHT - MARGINS.bottom;
  const y = linearScale([0, ticks.at(-1) ?? 1], [base, MARGINS.top]);
  const xScale = (width: number) =>
    linearScale([-0.5, days.length - 0.5], [MARGINS.left, width - MARGINS.right]);
  const first = days[0];
  const last = days.at(-1);

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
        const mondays = first && last ? labelledDays(first.day, last.day, pixelsPerDay, DATE_WIDTH) : [];
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
              const at = x(day - (first?.day ?? 0));
              // A label in the middle of its mark would stick out at the ends.
              const anchor = at + 24 > width ? 'end' : 'middle';
              return (
                <g key={day}>
                  <line class="axis-tick" x1={at} x2={at} y1={HEIGHT - 24} y2={HEIGHT - 20} />
                  <text class="axis-label" x={at} y={HEIGHT - 7} text-anchor={anchor}>
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
