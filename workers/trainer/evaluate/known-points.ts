import { at } from '../../../shared/at.ts';
import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import type { PanelSeries } from '../model/series/panel-series.ts';

/**
 * Points `series * HORIZON + h - 1` that a backtest scores: their sales are known, their store was not closed, and a
 * day of their series up to the origin is known. The others cannot be forecast, and say nothing about the quality of
 * forecasts.
 */
export function knownPoints(series: readonly PanelSeries[], origin: DayNumber): number[] {
  return pointsBySeries(
    series,
    origin,
    (point) => salesAt(series, origin, point) >= 0 && !isClosedAt(series, origin, point),
  );
}

/** The known points and those of closed days: together they determine sums over consecutive days. */
export function summedPoints(series: readonly PanelSeries[], origin: DayNumber): number[] {
  return pointsBySeries(
    series,
    origin,
    (point) => salesAt(series, origin, point) >= 0 || isClosedAt(series, origin, point),
  );
}

function pointsBySeries(
  series: readonly PanelSeries[],
  origin: DayNumber,
  isWanted: (point: number) => boolean,
): number[] {
  const hasHistory = series.map(({ history }) => {
    const known = history.milliUnits.findIndex((units) => units >= 0);
    return known >= 0 && history.firstDay + known <= origin;
  });
  return Array.from({ length: series.length * HORIZON }, (_, point) => point).filter(
    (point) => hasHistory[seriesOf(point)] && isWanted(point),
  );
}

/** Units sold at points whose sales are known. */
export function actualUnits(
  series: readonly PanelSeries[],
  origin: DayNumber,
  points: readonly number[],
): Float64Array {
  return Float64Array.from(points, (point) => salesAt(series, origin, point) / 1000);
}

/** Index of a point's series. */
export function seriesOf(point: number): number {
  return Math.floor(point / HORIZON);
}

/** Whether the store of a point was closed on its day. */
export function isClosedAt(series: readonly PanelSeries[], origin: DayNumber, point: number): boolean {
  const { history, closedDays } = at(series, seriesOf(point));
  return closedDays[origin + 1 + (point % HORIZON) - history.firstDay] === 1;
}

/** Milli-units, negative where they are not known. */
function salesAt(series: readonly PanelSeries[], origin: DayNumber, point: number): number {
  const { firstDay, milliUnits } = at(series, seriesOf(point)).history;
  return milliUnits[origin + 1 + (point % HORIZON) - firstDay] ?? -1;
}
