import { type DayNumber, YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import type { PanelSeries } from '../../model/series/panel-series.ts';
import type { UpliftPoint } from './measure-uplift.ts';

/** The planted factor of a number of promoted items on the demand of a family. */
export type PlantedMultiplier = (family: string, items: number) => number;

/** The promotion effect as a share of the units forecast without promotions: 0.2 for a fifth more. */
export interface Uplift {
  readonly points: number;
  readonly learned: number;
  /** Of the same points, with the same weights; null where unknown. */
  readonly planted: number | null;
}

export interface FamilyUplift extends Uplift {
  readonly family: string;
  /** Days with and without items on promotion, of all series, in the year up to the last day. */
  readonly promotedDays: number;
  readonly plainDays: number;
  /** Whether there are enough of both: without unpromoted days, the effect cannot be estimated. */
  readonly isMeasurable: boolean;
  readonly horizons: readonly (Uplift & { readonly h: number })[];
}

/** Sums of points, by family and days ahead. */
export type UpliftTallies = Map<string, Map<number, Tally>>;

/** Sums over points: units forecast with the plan, without it, and the planted effect on top of the latter. */
interface Tally {
  points: number;
  planned: number;
  plain: number;
  planted: number;
}

/** Adds points to `tallies`. */
export function addPoints(
  tallies: UpliftTallies,
  points: Iterable<UpliftPoint>,
  planted: PlantedMultiplier | null,
): void {
  for (const { family, h, items, planned, plain } of points) {
    const byHorizon = tallies.get(family) ?? new Map<number, Tally>();
    tallies.set(family, byHorizon);
    const tally = byHorizon.get(h) ?? { points: 0, planned: 0, plain: 0, planted: 0 };
    byHorizon.set(h, tally);
    tally.points++;
    tally.planned += planned;
    tally.plain += plain;
    tally.planted += planted ? plain * (planted(family, items) - 1) : Number.NaN;
  }
}

/** The promotion effect by family, and by family and days ahead; families by name. */
export function summarizeUplift(
  tallies: UpliftTallies,
  series: readonly PanelSeries[],
  lastDay: DayNumber,
  minDays: number,
): FamilyUplift[] {
  return [...tallies.keys()].sort().map((family) => {
    const byHorizon = [...(tallies.get(family) ?? [])].sort(([left], [right]) => left - right);
    const { promotedDays, plainDays } = countDays(series, family, lastDay);
    return {
      family,
      promotedDays,
      plainDays,
      isMeasurable: Math.min(promotedDays, plainDays) >= minDays,
      ...upliftOf(byHorizon.map(([, tally]) => tally)),
      horizons: byHorizon.map(([h, tally]) => ({ h, ...upliftOf([tally]) })),
    };
  });
}

/** Learned over planted uplift; NaN where either is unknown. */
export function upliftRatio({ learned, planted }: Uplift): number {
  return planted === null ? Number.NaN : learned / planted;
}

function upliftOf(tallies: readonly Tally[]): Uplift {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const plain = sum((tally) => tally.plain);
  const planted = sum((tally) => tally.planted) / plain;
  return {
    points: sum(({ points }) => points),
    learned: sum(({ planned }) => planned) / plain - 1,
    planted: Number.isNaN(planted) ? null : planted,
  };
}

function countDays(series: readonly PanelSeries[], family: string, lastDay: DayNumber) {
  let promotedDays = 0;
  let plainDays = 0;
  for (const member of series) {
    if (member.family !== family) continue;
    const { onpromotion, milliUnits, firstDay } = member.history;
    const last = lastDay - firstDay;
    for (let d = Math.max(0, last - YEAR_OF_WEEKS + 1); d <= last; d++) {
      if ((milliUnits[d] as number) <= 0) continue;
      if ((onpromotion[d] as number) > 0) promotedDays++;
      else plainDays++;
    }
  }
  return { promotedDays, plainDays };
}
