import { at, last } from '../../../../shared/at.ts';
import { DAYS_PER_WEEK, isoWeekday, toDayNumber } from '../../../../shared/calendar/day-number.ts';
import type { FamilyProfile, PromotionProfile } from './family-table.ts';
import { PROMOTION_GROWTH } from './planted-effects.ts';
import { Random } from './random.ts';
import type { WorldOptions } from './world.ts';

/** The factor of `items` promoted items on the demand of a family. */
export function promotionMultiplier(
  promotion: Pick<PromotionProfile, 'uplift' | 'scale'>,
  items: number,
): number {
  return 1 + promotion.uplift * (1 - Math.exp(-items / promotion.scale));
}

/** The extent of promotions on a day, as a share of the maximum. */
function promotionGrowth(day: number): number {
  let previous: readonly [number, number] | undefined;
  for (const [date, share] of PROMOTION_GROWTH) {
    const point = [toDayNumber(date), share] as const;
    if (day <= point[0]) {
      if (!previous) return share;
      return previous[1] + ((share - previous[1]) * (day - previous[0])) / (point[0] - previous[0]);
    }
    previous = point;
  }
  return last(PROMOTION_GROWTH)[1];
}

/** Expected promoted items of a family at a store of size 1 on each of `dayCount` days, the same in all stores. */
export function createCampaign(
  family: FamilyProfile,
  { firstDay, seed }: Pick<WorldOptions, 'firstDay' | 'seed'>,
  dayCount: number,
): Float64Array {
  const random = new Random(seed, 'campaign', family.family);
  const { items, weekday, campaigns } = family.promotion;
  const meanWeight = weekday.reduce((sum, weight) => sum + weight, 0) / DAYS_PER_WEEK;
  const intensity = new Float64Array(dayCount);
  let week = 1;
  for (let day = 0; day < dayCount; day += 1) {
    const position = isoWeekday(firstDay + day) - 1;
    if (day === 0 || position === 0) week = random.gammaOfMeanOne(campaigns);
    const weight = at(weekday, position) / meanWeight;
    intensity[day] = items * weight * week * promotionGrowth(firstDay + day);
  }
  return intensity;
}
