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
  /** Log amplitude of the yearly wave, and the day of the year of its maximum. */
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

const SHOPPING_WEEK: Week = [0.96, 0.86, 0.9, 0.81, 0.89, 1.26, 1.32];
const PROMOTED_ALL_WEEK: Week = [1, 1, 1.45, 1.2, 1, 1, 1];

type Shape = Omit<FamilyProfile, 'family' | 'level' | 'promotion'>;

const USUAL: Shape = {
  sizeElasticity: 1.1,
  taste: 0.25,
  weekday: SHOPPING_WEEK,
  growth: 0.04,
  december: 0.2,
  school: 0,
  wave: 0.03,
  wavePeak: 120,
  payday: 0.18,
  holiday: 1,
  disaster: 0.3,
  oil: 0.03,
  noise: 0.02,
  decimals: false,
  carried: 1,
  launch: null,
};
const RARELY_PROMOTED: PromotionProfile = {
  uplift: 0.4,
  scale: 2,
  items: 0.01,
  weekday: PROMOTED_ALL_WEEK,
  campaigns: 2,
};

function profile(
  family: string,
  level: number,
  shape: Partial<Shape>,
  promotion: Partial<PromotionProfile> = {},
): FamilyProfile {
  return { ...USUAL, ...shape, family, level, promotion: { ...RARELY_PROMOTED, ...promotion } };
}

/** A weight for each weekday, Monday first. */
const on = (...week: Week): { weekday: Week } => ({ weekday: week });

/**
 * The 33 families, the largest and most distinctive ones first: a synthetic dataset with `n` families has the first `n`
 * of them. Sizes are rounded aggregates of a real retailer; the rest is chosen so that the synthetic dataset behaves
 * like one (calibrate.ts compares them).
 */
export const FAMILY_TABLE: readonly FamilyProfile[] = [
  profile(
    'GROCERY I',
    2800,
    { sizeElasticity: 0.95, taste: 0.15, disaster: 1, noise: 0.009 },
    { uplift: 0.15, scale: 60, items: 57, campaigns: 0.1 },
  ),
  profile(
    'BEVERAGES',
    930,
    {
      weekday: [0.91, 0.8, 0.86, 0.79, 0.93, 1.34, 1.37],
      growth: 0.17,
      wave: 0.06,
      wavePeak: 90,
      payday: 0.2,
      disaster: 1,
      noise: 0.014,
    },
    { uplift: 0.2, scale: 30, items: 26, campaigns: 0.1 },
  ),
  profile(
    'PRODUCE',
    1700,
    {
      weekday: [0.95, 0.8, 1.12, 0.8, 0.85, 1.2, 1.3],
      payday: 0.1,
      disaster: 0.6,
      decimals: true,
      launch: '2014-01-04',
      noise: 0.009,
    },
    { uplift: 0.3, scale: 80, items: 35, campaigns: 0.2, ...on(0.8, 20, 80, 1.2, 0.8, 0.9, 0.9) },
  ),
  profile(
    'CLEANING',
    890,
    { sizeElasticity: 0.9, growth: 0.02, payday: 0.22, noise: 0.012, disaster: 0.4 },
    { uplift: 0.2, scale: 20, items: 17, campaigns: 0.15 },
  ),
  profile(
    'DAIRY',
    265,
    {
      sizeElasticity: 1.4,
      weekday: [0.92, 0.86, 0.97, 0.82, 0.95, 1.25, 1.23],
      growth: 0.13,
      payday: 0.12,
      noise: 0.007,
    },
    { uplift: 0.2, scale: 40, items: 24, campaigns: 0.2, ...on(1, 1, 5.2, 0.9, 1, 1, 1) },
  ),
  profile(
    'BREAD/BAKERY',
    330,
    {
      sizeElasticity: 1.2,
      weekday: [1, 0.88, 0.93, 0.82, 0.87, 1.16, 1.34],
      decimals: true,
      disaster: 1,
      payday: 0.1,
      noise: 0.01,
    },
    { uplift: 0.2, scale: 15, items: 12, campaigns: 0.2, ...on(1, 1, 1.5, 0.9, 1, 1, 4) },
  ),
  profile(
    'POULTRY',
    160,
    { sizeElasticity: 1.3, weekday: [0.93, 0.82, 0.84, 0.77, 0.99, 1.25, 1.4], decimals: true, noise: 0.03 },
    { uplift: 0.5, scale: 12, items: 3.3, campaigns: 0.6, ...on(0.1, 0.1, 0.2, 0.3, 14, 0.1, 0.1) },
  ),
  profile(
    'MEATS',
    290,
    {
      sizeElasticity: 1.3,
      weekday: [0.93, 0.92, 0.92, 0.89, 1.09, 1.16, 1.09],
      decimals: true,
      growth: 0.02,
      noise: 0.022,
    },
    { uplift: 0.45, scale: 20, items: 4.7, campaigns: 0.8, ...on(0.02, 0.02, 0.1, 5, 9, 0.02, 0.02) },
  ),
  profile(
    'PERSONAL CARE',
    185,
    { sizeElasticity: 0.9, weekday: [0.96, 0.87, 0.89, 0.77, 0.8, 1.29, 1.42], payday: 0.25, noise: 0.03 },
    { uplift: 0.2, scale: 12, items: 11.4, campaigns: 0.15 },
  ),
  profile(
    'DELI',
    177,
    {
      sizeElasticity: 1.1,
      weekday: [0.97, 0.84, 0.85, 0.81, 0.88, 1.26, 1.39],
      decimals: true,
      noise: 0.02,
      payday: 0.1,
    },
    { uplift: 0.3, scale: 20, items: 14, campaigns: 0.2, ...on(1, 1, 1.5, 1, 7, 1, 1) },
  ),
  profile(
    'SCHOOL AND OFFICE SUPPLIES',
    2.2,
    {
      school: 2.6,
      december: 0,
      holiday: 0.2,
      noise: 0.6,
      carried: 0.9,
      taste: 0.6,
      launch: '2014-06-01',
      disaster: -1,
    },
    { uplift: 0.6, scale: 6, items: 3.4, campaigns: 0.4 },
  ),
  profile(
    'LIQUOR,WINE,BEER',
    53,
    {
      sizeElasticity: 1,
      taste: 0.35,
      weekday: [0.63, 0.69, 0.79, 0.91, 1.63, 2.29, 0.006],
      december: 0.5,
      holiday: 1.6,
      disaster: -1.5,
      noise: 0.22,
      carried: 0.96,
      oil: 0.05,
    },
    { uplift: 0.3, scale: 4, items: 3.2, campaigns: 0.3 },
  ),
  profile(
    'EGGS',
    113,
    { sizeElasticity: 1.3, weekday: [0.98, 0.84, 0.91, 0.75, 0.87, 1.22, 1.42], disaster: 1, noise: 0.025 },
    { uplift: 0.35, scale: 10, items: 3.1, campaigns: 0.4, ...on(12, 0.8, 0.8, 1, 22, 0.8, 0.8) },
  ),
  profile(
    'FROZEN FOODS',
    70,
    {
      sizeElasticity: 1.6,
      weekday: [0.84, 0.78, 0.9, 0.78, 1, 1.44, 1.27],
      december: 0.45,
      decimals: true,
      noise: 0.06,
    },
    { uplift: 0.4, scale: 4, items: 1.1, campaigns: 1, ...on(0.05, 0.5, 1.2, 0.8, 0.2, 9, 0.05) },
  ),
  profile(
    'HOME CARE',
    190,
    { growth: 0.03, payday: 0.28, launch: '2014-01-04', noise: 0.02 },
    { uplift: 0.2, scale: 8, items: 7.4, campaigns: 0.15 },
  ),
  profile(
    'SEAFOOD',
    27,
    {
      sizeElasticity: 1.3,
      taste: 0.8,
      weekday: [0.89, 0.82, 0.93, 0.82, 1.09, 1.18, 1.27],
      decimals: true,
      carried: 0.93,
      noise: 0.17,
    },
    { uplift: 0.6, scale: 2, items: 0.6, campaigns: 0.8, ...on(0.6, 0.6, 0.8, 1.2, 14, 4, 0.6) },
  ),
  profile(
    'PREPARED FOODS',
    77,
    {
      sizeElasticity: 1.4,
      taste: 0.4,
      weekday: [0.89, 0.83, 0.93, 0.82, 0.95, 1.29, 1.29],
      decimals: true,
      disaster: 0.6,
      noise: 0.05,
    },
    { uplift: 0.4, scale: 2, items: 0.1 },
  ),
  profile(
    'BEAUTY',
    2.2,
    {
      weekday: [0.91, 0.82, 0.85, 0.75, 0.81, 1.33, 1.52],
      sizeElasticity: 1.4,
      taste: 0.45,
      noise: 0.04,
      disaster: -0.5,
    },
    { uplift: 0.3, scale: 1.5, items: 0.9, campaigns: 0.1 },
  ),
  profile(
    'GROCERY II',
    16,
    {
      sizeElasticity: 1.3,
      taste: 0.35,
      weekday: [0.9, 0.83, 0.94, 0.88, 1.01, 1.23, 1.21],
      december: 0.6,
      noise: 0.2,
    },
    { uplift: 0.4, scale: 3, items: 0.2, campaigns: 1, ...on(0.1, 0.1, 0.3, 0.2, 0.1, 0.1, 8) },
  ),
  profile(
    'HOME AND KITCHEN I',
    17,
    { launch: '2014-01-04', taste: 0.4, noise: 0.15, december: 0.4, disaster: -0.5 },
    { uplift: 0.3, scale: 1.5, items: 0.8, campaigns: 0.3 },
  ),
  profile(
    'HOME AND KITCHEN II',
    14,
    { launch: '2014-01-04', taste: 0.4, noise: 0.15, december: 0.4, disaster: -0.5 },
    { uplift: 0.3, scale: 2, items: 1.65, campaigns: 0.3 },
  ),
  profile('AUTOMOTIVE', 4.1, {
    weekday: [0.89, 0.84, 0.86, 0.83, 0.88, 1.32, 1.38],
    noise: 0.2,
    oil: -0.05,
    disaster: -0.5,
  }),
  profile(
    'LINGERIE',
    8.8,
    {
      sizeElasticity: 1,
      taste: 0.4,
      weekday: [0.9, 0.89, 0.92, 0.89, 0.91, 1.23, 1.25],
      noise: 0.35,
      growth: -0.05,
      disaster: -0.5,
    },
    { uplift: 0.35, scale: 3, items: 1.15, campaigns: 0.4 },
  ),
  profile(
    'LADIESWEAR',
    6.5,
    { launch: '2014-01-04', carried: 0.6, taste: 0.4, noise: 0.2, disaster: -0.5 },
    { uplift: 0.4, scale: 5, items: 0.8, campaigns: 0.8 },
  ),
  profile(
    'PLAYERS AND ELECTRONICS',
    5.5,
    { launch: '2014-01-04', noise: 0.2, december: 0.5, taste: 0.4, disaster: -0.5 },
    { uplift: 0.4, scale: 2, items: 0.14, campaigns: 0.5 },
  ),
  profile('CELEBRATION', 6.5, { launch: '2014-01-04', noise: 0.25, taste: 0.4, december: 0.3, disaster: -1 }),
  profile('PET SUPPLIES', 4, { launch: '2014-01-04', noise: 0.1, taste: 0.5 }),
  profile('MAGAZINES', 3, {
    launch: '2014-06-01',
    noise: 0.25,
    taste: 0.5,
    carried: 0.95,
    growth: -0.03,
    disaster: -0.5,
  }),
  profile('HARDWARE', 0.95, {
    weekday: [0.9, 0.91, 0.93, 0.83, 0.93, 1.2, 1.31],
    noise: 0.4,
    taste: 0.4,
    carried: 0.97,
    holiday: 0.5,
  }),
  profile(
    'LAWN AND GARDEN',
    2.1,
    {
      sizeElasticity: 1.6,
      taste: 0.9,
      weekday: [0.59, 0.77, 1.06, 0.69, 1.16, 1.53, 1.2],
      noise: 0.5,
      carried: 0.62,
      wave: 0.2,
      holiday: 0.5,
    },
    { uplift: 0.5, scale: 6, items: 1.45, campaigns: 1, ...on(0.1, 1, 16, 0.1, 0.1, 0.1, 0.1) },
  ),
  profile('HOME APPLIANCES', 0.52, {
    weekday: [0.95, 0.88, 0.98, 0.77, 0.8, 1.24, 1.38],
    noise: 0.25,
    taste: 0.5,
    carried: 0.95,
    december: 0.4,
  }),
  profile('BABY CARE', 0.25, { launch: '2014-01-04', noise: 0.5, taste: 0.6, carried: 0.8 }),
  profile('BOOKS', 0.12, {
    launch: '2016-10-08',
    noise: 0.5,
    taste: 0.6,
    carried: 0.6,
    school: 0.5,
    growth: -0.1,
  }),
];
