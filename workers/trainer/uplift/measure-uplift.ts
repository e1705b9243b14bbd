import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import type { PanelSeries } from '../training-set/panel-series.ts';
import type { RowLayout } from '../training-set/row-layout.ts';

/** One day with planned promotions, forecast with its plan and as if nothing were planned on it. */
export interface UpliftPoint {
  readonly family: string;
  readonly h: number;
  /** Items on promotion. */
  readonly items: number;
  /** Units forecast with the plan. */
  readonly planned: number;
  /** Units forecast without items on that very day; the days around it keep their plan. */
  readonly plain: number;
}

/**
 * Asks the model what the promotions of the `HORIZON` days after `origin` are worth: the rows of the plan, and those of the
 * same plan without items on the target, through the same feature code.
 *
 * @param predict margins, one per row
 */
export function measureUplift(
  series: readonly PanelSeries[],
  origin: DayNumber,
  layout: RowLayout,
  predict: (rows: Float32Array) => Float32Array,
): UpliftPoint[] {
  const days = series.flatMap((member) => promotedDays(member, origin));
  const rows = new Float32Array(2 * days.length * layout.columns);
  const anchors = new Float64Array(2 * days.length);
  days.forEach(({ member, h, items }, i) => {
    const { history } = member;
    const write = (promoted: number, row: number) => {
      const onpromotion = history.onpromotion.slice();
      onpromotion[origin + h - history.firstDay] = promoted;
      const changed = { ...member, history: { ...history, onpromotion } };
      const horizons = Uint8Array.of(h);
      const anchorOut = anchors.subarray(row, row + 1);
      layout.write(changed, origin, horizons, 1, rows, row * layout.columns, anchorOut);
    };
    write(items, 2 * i);
    write(0, 2 * i + 1);
  });
  const margins = predict(rows);
  const unitsOf = (row: number) =>
    Math.expm1(Math.max(0, (anchors[row] as number) + (margins[row] as number)));
  return days.map(({ member, h, items }, i) => ({
    family: member.family,
    h,
    items,
    planned: unitsOf(2 * i),
    plain: unitsOf(2 * i + 1),
  }));
}

function promotedDays(member: PanelSeries, origin: DayNumber) {
  const { onpromotion, firstDay } = member.history;
  return Array.from({ length: HORIZON }, (_, i) => {
    return { member, h: i + 1, items: onpromotion[origin + i + 1 - firstDay] ?? 0 };
  }).filter(({ items }) => items > 0);
}
