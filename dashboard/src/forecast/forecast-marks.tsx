import { bandPath, linearScale, linePath, type PathPoint, type Scale } from '../lib/charts/geometry.ts';
import type { ForecastDay, ForecastView } from './forecast-view.ts';

interface ForecastMarksProps {
  readonly view: ForecastView;
  readonly x: Scale;
  readonly y: Scale;
  readonly top: number;
  /** The y of zero units. */
  readonly base: number;
  /** Where the promotions are drawn. */
  readonly lane: { readonly base: number; readonly height: number };
  /** The day under the cursor. */
  readonly position: number | null;
}

export function ForecastMarks({ view, x, y, top, base, lane, position }: ForecastMarksProps) {
  const { days, firstOpen } = view;
  const right = x(days.length - 0.5);
  const boundary = x(firstOpen - 0.5);
  const sold: PathPoint[] = days.map((day, index) => (day.sold === null ? null : [x(index), y(day.sold)]));
  const today = days.findIndex((day) => day.soFar !== null);
  const soFar = days[today]?.soFar;

  // The forecast line starts at the last known value.
  const joint = days[firstOpen - 1]?.sold ?? null;
  const start = joint === null ? [] : [{ x: x(firstOpen - 1), low: y(joint), high: y(joint) }];
  const ahead = days.flatMap((day, index) => (day.forecast ? [{ index, ...day.forecast }] : []));
  const expected: PathPoint[] = ahead.map((point) => [x(point.index), y(point.p50)]);
  const dots = ahead.length > 0 && x(1) - x(0) >= 7;

  return (
    <>
      {ahead.length > 0 && (
        <g class="future">
          <rect x={boundary} y={top} width={Math.max(0, right - boundary)} height={base - top} />
          <line x1={boundary} x2={boundary} y1={top - 14} y2={lane.base} />
          <text class="axis-label" x={boundary + 6} y={top - 9}>
            Forecast
          </text>
        </g>
      )}
      <Promotions view={view} x={x} lane={lane} />
      <path
        class="forecast-band"
        d={bandPath([
          ...start,
          ...ahead.map((point) => ({ x: x(point.index), low: y(point.p10), high: y(point.p90) })),
        ])}
      />
      <path class="sold-line" d={linePath(sold)} />
      {joint !== null && expected[0] && (
        <path class="forecast-joint" d={linePath([[x(firstOpen - 1), y(joint)], expected[0]])} />
      )}
      <path class="forecast-line" d={linePath(expected)} />
      {dots &&
        ahead.map((point) => (
          <circle key={point.date} class="forecast-dot" cx={x(point.index)} cy={y(point.p50)} r={2.5} />
        ))}
      {soFar !== null && soFar !== undefined && (
        <g class="so-far">
          <line x1={x(today)} x2={x(today)} y1={y(0)} y2={y(soFar)} />
          <circle cx={x(today)} cy={y(soFar)} r={4} />
        </g>
      )}
      {position !== null && days[position] && (
        <Crosshair day={days[position]} at={x(position)} y={y} top={top} bottom={lane.base} />
      )}
    </>
  );
}

function Promotions({ view, x, lane }: Pick<ForecastMarksProps, 'view' | 'x' | 'lane'>) {
  if (view.largestPromotion === 0) return null;
  const height = linearScale([0, view.largestPromotion], [2, lane.height]);
  const width = Math.max(1.5, Math.min(10, (x(1) - x(0)) * 0.62));
  return (
    <g class="promotions">
      {view.days.map((day, index) => {
        if (day.onpromotion === 0) return null;
        const size = height(day.onpromotion);
        return (
          <rect
            key={day.date}
            class={index >= view.firstOpen ? 'promotion-ahead' : 'promotion'}
            x={x(index) - width / 2}
            y={lane.base - size}
            width={width}
            height={size}
          />
        );
      })}
    </g>
  );
}

interface CrosshairProps {
  readonly day: ForecastDay;
  readonly at: number;
  readonly y: Scale;
  readonly top: number;
  readonly bottom: number;
}

function Crosshair({ day, at, y, top, bottom }: CrosshairProps) {
  return (
    <g class="crosshair">
      <line x1={at} x2={at} y1={top} y2={bottom} />
      {day.forecast && (
        <line class="crosshair-interval" x1={at} x2={at} y1={y(day.forecast.p10)} y2={y(day.forecast.p90)} />
      )}
      {day.sold !== null && <circle class="sold-mark" cx={at} cy={y(day.sold)} r={4} />}
      {day.forecast && <circle class="forecast-mark" cx={at} cy={y(day.forecast.p50)} r={4} />}
    </g>
  );
}
