import { last } from '../../../shared/at.ts';
import { SLOTS_PER_DAY } from '../../../shared/calendar/tick.ts';
import { ChartFrame, type Margins, TooltipRow, ValueAxis } from '../lib/charts/chart-frame.tsx';
import { bandPath, linearScale, linePath, niceTicks } from '../lib/charts/geometry.ts';
import { formatMinute } from '../lib/format/dates.ts';
import { formatChange, formatCompact, formatUnits } from '../lib/format/numbers.ts';
import { type CumulativePoint, type LiveView, SLOT_MINUTES } from './live-view.ts';

const HEIGHT = 220;
const MARGINS: Margins = { top: 12, right: 12, bottom: 26, left: 46 };
const DAY_MINUTES = SLOTS_PER_DAY * SLOT_MINUTES;
const HOUR_POSITIONS = 60 / SLOT_MINUTES;

interface LiveChartProps {
  readonly view: LiveView;
  readonly summary: string;
  /** The day of the comparison, e.g. `Sun 15 Nov`. */
  readonly beforeLabel: string | null;
}

/** Cumulative units since midnight: today so far, over the whole of the same weekday a week earlier. */
export function LiveChart({ view, summary, beforeLabel }: LiveChartProps) {
  const { today, before } = view;
  const ticks = niceTicks(view.largest, 4);
  const y = linearScale([0, last(ticks)], [HEIGHT - MARGINS.bottom, MARGINS.top]);
  const xScale = (width: number) => linearScale([0, DAY_MINUTES], [MARGINS.left, width - MARGINS.right]);
  const count = Math.max(today.length, before.length);
  const unitsAt = (points: readonly CumulativePoint[], position: number) => points[position]?.units;

  const describe = (position: number) => {
    const now = unitsAt(today, position);
    const then = unitsAt(before, position);
    const parts = [formatMinute(position * SLOT_MINUTES)];
    if (now !== undefined) parts.push(`today ${formatUnits(now)}`);
    if (then !== undefined) parts.push(`last week ${formatUnits(then)}`);
    return parts.join(', ');
  };

  return (
    <ChartFrame
      height={HEIGHT}
      summary={summary}
      cursorLabel="Time of day"
      count={count}
      start={today.length - 1}
      page={HOUR_POSITIONS}
      xOf={(position, width) => xScale(width)(position * SLOT_MINUTES)}
      describe={describe}
      tooltip={(position) => {
        const now = unitsAt(today, position);
        const then = unitsAt(before, position);
        return (
          <>
            <strong>{formatMinute(position * SLOT_MINUTES)}</strong>
            {now !== undefined && <TooltipRow mark="key-today" label="Today" value={formatUnits(now)} />}
            {then !== undefined && (
              <TooltipRow mark="key-before" label={beforeLabel ?? 'Last week'} value={formatUnits(then)} />
            )}
            {now !== undefined && then !== undefined && then > 0 && (
              <TooltipRow label="Difference" value={formatChange(now / then - 1)} />
            )}
          </>
        );
      }}
    >
      {(width, position) => {
        const x = xScale(width);
        const place = (point: CumulativePoint) => [x(point.minute), y(point.units)] as const;
        const newest = today.at(-1);
        const hours = width < 420 ? 6 : width < 900 ? 4 : 3;
        return (
          <>
            <ValueAxis
              ticks={ticks}
              y={y}
              left={MARGINS.left}
              right={width - MARGINS.right}
              write={formatCompact}
            />
            {Array.from({ length: 24 / hours + 1 }, (_, index) => index * hours).map((hour) => (
              <text
                key={hour}
                class="axis-label"
                x={x(hour * 60)}
                y={HEIGHT - 8}
                text-anchor={hour === 24 ? 'end' : 'middle'}
              >
                {formatMinute(hour * 60)}
              </text>
            ))}
            <path
              class="today-area"
              d={bandPath(today.map(({ minute, units }) => ({ x: x(minute), low: y(0), high: y(units) })))}
            />
            <path class="before-line" d={linePath(before.map(place))} />
            <path class="today-line" d={linePath(today.map(place))} />
            {newest && <circle class="today-dot" cx={x(newest.minute)} cy={y(newest.units)} r={4.5} />}
            {position !== null && (
              <g class="crosshair">
                <line
                  x1={x(position * SLOT_MINUTES)}
                  x2={x(position * SLOT_MINUTES)}
                  y1={MARGINS.top}
                  y2={y(0)}
                />
                {before[position] && (
                  <circle
                    class="before-mark"
                    cx={x(position * SLOT_MINUTES)}
                    cy={y(before[position].units)}
                    r={4}
                  />
                )}
                {today[position] && (
                  <circle
                    class="today-mark"
                    cx={x(position * SLOT_MINUTES)}
                    cy={y(today[position].units)}
                    r={4}
                  />
                )}
              </g>
            )}
          </>
        );
      }}
    </ChartFrame>
  );
}
