import type { IsoDate } from '../../../../shared/calendar/day-number.ts';

/** Seven numbers, Monday first. */
export type Week = readonly [number, number, number, number, number, number, number];

/** The planted behaviour of one product family. Effects named "log" add up in the logarithm of the mean. */
export interface FamilyProfile {
  readonly family: string;
  /** Mean units a day at a store of size 1 without any effect. */
  readonly level: number;
  /** Demand is proportional to store size to this power. */
  readonly sizeElasticity: number;
  /** Standard deviation (log) of a store's own taste for the family. */
  readonly taste: number;
  /** Demand by weekday; only the proportions count. */
  readonly weekday: Week;
  /** Log growth per year. */
  readonly growth: number;
  /** Log effect at the height of December. */
  readonly december: number;
  /** Log effect at the height of the school season (its date depends on the region). */
  readonly school: number;
  /** Log amplitude of the yearly wave and the day of the year on which it is highest. */
  readonly wave: number;
  readonly wavePeak: number;
  /** Log effect on the day after the payday at the end of the month; the one of the 15th has half of it. */
  readonly payday: number;
  /** Multiplies the log effects of holidays. */
  readonly holiday: number;
  /** Multiplies the log effects of the disaster week. */
  readonly disaster: number;
  /** Log change of demand per log change of the smoothed oil price. */
  readonly oil: number;
  /** Variance of the multiplicative noise: counts have variance m + noise * m^2. */
  readonly noise: number;
  /** Sold by weight: units have three decimals. */
  readonly decimals: boolean;
  /** Share of the stores that carry the family at all. */
  readonly carried: number;
  /** First day on which any store sells the family; null when that was before all data. */
  readonly launch: IsoDate | null;
  readonly promotion: PromotionProfile;
}

/** Demand on a day with `n` promoted items is multiplied by `1 + uplift * (1 - exp(-n / scale))`. */
export interface PromotionProfile {
  readonly uplift: number;
  readonly scale: number;
  /** Mean promoted items a day at a store of size 1, once promotions have grown to their full extent. */
  readonly items: number;
  /** Where in the week promotions fall; only the proportions count. */
  readonly weekday: Week;
  /** Variance of the strength of a week's campaign, which all stores share. */
  readonly campaigns: number;
}
