import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { PanelSeries } from '../training-set/panel-series.ts';
import type { UpliftPoint } from './measure-uplift.ts';

/** By how much so many promoted items multiply the demand of a family, where it is known because it was planted. */
export type PlantedMultiplier = (family: string, items: number) => number;

/** What promotions are worth: a share of the units forecast without them, so 0.2 for a fifth more. */
export interface Uplift {
  readonly points: number;
  readonly learned: number;
  /** Of the same points, with the same weights; null where it is not known. */
  readonly planted: number | null;
}

export interface FamilyUplift extends Uplift {
  readonly family: string;
  /** Days with and without items on promotion, of all series, in the year before the last window. */
  readonly promotedDays: number;
  readonly plainDays: number;
  /** Whether there are enough of both to learn from: without plain days, nobody can say what promotions are worth. */
  readonly isTold: boolean;
  readonly horizons: readonly (Uplift & { readonly h: number })[];
}

const YEAR_DAYS = 364;

/** Adds points up by family, and by family and days ahead; families by name. */
export function summarizeUplift(
  points: readonly UpliftPoint[],
  series: readonly PanelSeries[],
  lastDay: DayNumber,
  planted: PlantedMultiplier | null,
  minDays: number,
): FamilyUplift[] {
  const families = [...new Set(points.map(({ family }) => family))].sort();
  return families.map((family) => {
    const own = points.filter((point) => point.family === family);
    const horizons = [...new Set(own.map(({ h }) => h))].sort((a, b) => a - b);
    const { promotedDays, plainDays } = countDays(series, family, lastDay);
    return {
      family,
      promotedDays,
      plainDays,
      isTold: Math.min(promotedDays, plainDays) >= minDays,
      ...upliftOf(own, planted),
      horizons: horizons.map((h) => ({
        h,
        ...upliftOf(
          own.filter((point) => point.h === h),
          planted,
        ),
      })),
    };
  });
}

/** Learned over planted uplift; NaN where either is not known. */
export function upliftRatio({ learned, planted }: Uplift): number {
  return planted === null ? Number.NaN : learned / planted;
}

function upliftOf(points: readonly UpliftPoint[], planted: PlantedMultiplier | null): Uplift {
  let withPlan = 0;
  let plain = 0;
  let expected = 0;
  for (const point of points) {
    withPlan += point.planned;
    plain += point.plain;
    expected += point.plain * (planted?.(point.family, point.items) ?? 0);
  }
  return {
    points: points.length,
    learned: withPlan / plain - 1,
    planted: planted && expected / plain - 1,
  };
}

function countDays(series: readonly PanelSeries[], family: string, lastDay: DayNumber) {
  let promotedDays = 0;
  let plainDays = 0;
  for (const member of series) {
    if (member.family !== family) continue;
    const { onpromotion, milliUnits, firstDay } = member.history;
    const last = lastDay - firstDay;
    for (let d = Math.max(0, last - YEAR_DAYS + 1); d <= last; d++) {
      if ((milliUnits[d] ?? -1) <= 0) continue;
      if ((onpromotion[d] ?? 0) > 0) promotedDays++;
      else plainDays++;
    }
  }
  return { promotedDays, plainDays };
}
