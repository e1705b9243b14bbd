import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import type { PanelSeries } from '../../model/series/panel-series.ts';
import {
  basesFrom,
  createTargetBases,
  type RowLayout,
  unitsOf,
} from '../../model/training-set/row-layout.ts';

/** One day with planned promotions, forecast with its plan and without any promotion. */
export interface UpliftPoint {
  readonly family: string;
  readonly h: number;
  /** Items on promotion. */
  readonly items: number;
  /** Units forecast with the plan. */
  readonly planned: number;
  /** Units forecast without items on that day; the days around it keep their plan. */
  readonly plain: number;
}

/**
 * Measures a model's promotion effect on the `HORIZON` days after `lastDay`: the rows of the plan, and those of the
 * same plan without items on the target, through the same feature code. Every day is forecast from each of the
 * `HORIZON` days before it, so that all horizons cover the same days and plans.
 *
 * @param lastDay the model's last training day
 * @param predict margins, one per row
 */
export function* measureUplift(
  series: readonly PanelSeries[],
  lastDay: DayNumber,
  layout: RowLayout,
  predict: (rows: Float32Array) => Float32Array,
): Generator<UpliftPoint> {
  const days = series.flatMap((member) => promotedDays(member, lastDay));
  const rows = new Float32Array(2 * days.length * layout.columns);
  const bases = createTargetBases(2 * days.length);
  for (let h = 1; h <= HORIZON; h++) {
    const horizons = Uint8Array.of(h);
    days.forEach(({ planned, plain, target }, i) => {
      const write = (member: PanelSeries, row: number) =>
        layout.write(member, target - h, horizons, 1, rows, row * layout.columns, basesFrom(bases, row));
      write(planned, 2 * i);
      write(plain, 2 * i + 1);
    });
    const margins = predict(rows);
    const unitsAt = (row: number) => unitsOf(bases, row, margins[row] as number);
    for (const [i, { planned, items }] of days.entries()) {
      yield { family: planned.family, h, items, planned: unitsAt(2 * i), plain: unitsAt(2 * i + 1) };
    }
  }
}

interface PromotedDay {
  readonly target: DayNumber;
  readonly items: number;
  readonly planned: PanelSeries;
  /** The same series, with nothing planned on the target. */
  readonly plain: PanelSeries;
}

function promotedDays(member: PanelSeries, lastDay: DayNumber): PromotedDay[] {
  const { history } = member;
  const targets = Array.from({ length: HORIZON }, (_, i) => lastDay + 1 + i);
  return targets.flatMap((target) => {
    const at = target - history.firstDay;
    const items = history.onpromotion[at] ?? 0;
    if (items === 0) return [];
    const onpromotion = history.onpromotion.slice();
    onpromotion[at] = 0;
    return [{ target, items, planned: member, plain: { ...member, history: { ...history, onpromotion } } }];
  });
}
