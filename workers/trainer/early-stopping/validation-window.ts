import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import type { PanelSeries } from '../training-set/panel-series.ts';
import type { RowLayout } from '../training-set/row-layout.ts';
import { basesFrom, createTargetBases, type TargetBases, unitsOf } from '../training-set/target-bases.ts';

/** The points after one origin whose sales are known, ready to be forecast again and again. */
export interface ValidationWindow {
  readonly rows: Float32Array;
  readonly columns: number;
  readonly bases: TargetBases;
  /** log1p(units) sold. */
  readonly actual: Float64Array;
}

export function openValidationWindow(
  series: readonly PanelSeries[],
  origin: DayNumber,
  { columns, write }: RowLayout,
): ValidationWindow {
  const points = series.map((member) => {
    const { firstDay, milliUnits } = member.history;
    const known = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1).filter(
      (h) => (milliUnits[origin + h - firstDay] ?? -1) >= 0,
    );
    return { member, known, unitsAt: (h: number) => (milliUnits[origin + h - firstDay] as number) / 1000 };
  });
  const count = points.reduce((sum, { known }) => sum + known.length, 0);
  const rows = new Float32Array(count * columns);
  const bases = createTargetBases(count);
  const actual = new Float64Array(count);
  let at = 0;
  for (const { member, known, unitsAt } of points) {
    write(member, origin, known, known.length, rows, at * columns, basesFrom(bases, at));
    for (const h of known) actual[at++] = Math.log1p(unitsAt(h));
  }
  return { rows, columns, bases, actual };
}

/** RMSLE of the forecasts that the margins make. */
export function validationError({ bases, actual }: ValidationWindow, margins: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.log1p(unitsOf(bases, i, margins[i] as number)) - (actual[i] as number);
    sum += error * error;
  }
  return Math.sqrt(sum / actual.length);
}
