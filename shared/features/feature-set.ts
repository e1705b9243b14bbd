import { CALENDAR_FEATURES, HOLIDAY_FEATURES } from './calendar-table.ts';
import { STATIC_FEATURES } from './categories.ts';
import { CLOSURE_FEATURES } from './closure-features.ts';
import { DEMAND_FEATURES } from './demand-features.ts';
import { defineGroup, type FeatureDefinition } from './feature-definition.ts';
import { OIL_FEATURES } from './oil-table.ts';
import { PAST_PROMOTION_FEATURES, TARGET_PROMOTION_FEATURES } from './promotion-features.ts';
import { TICKET_FEATURES } from './ticket-features.ts';
import { WEEKDAY_FEATURES } from './weekday-profile.ts';
import { YEAR_AGO_FEATURES } from './year-ago-features.ts';

/** Days ahead that are forecast. */
export const HORIZON = 16;

/** Days after the origin whose planned promotions and closures are read: those of every target and of the day after the last. */
export const PLANNED_DAYS = HORIZON + 1;

/** Days up to the origin that features read, the origin included; a longer history gives the same bits. */
export const LOOKBACK_DAYS = 392;

/** Raised when a definition changes its meaning while its text stays the same. */
const DEFINITIONS_VERSION = 2;

const HORIZON_FEATURES = defineGroup('horizon', [['horizon', 'days from the origin to the target, 1..16']]);

/** Columns that are the same for every horizon of one origin. */
export const ORIGIN_FEATURES: readonly FeatureDefinition[] = [
  ...DEMAND_FEATURES,
  ...PAST_PROMOTION_FEATURES,
  ...TICKET_FEATURES,
  ...OIL_FEATURES,
  ...STATIC_FEATURES,
];

/** Every column of a feature row, in order: first those of the origin, then those of the target. */
export const FEATURES: readonly FeatureDefinition[] = [
  ...ORIGIN_FEATURES,
  ...HORIZON_FEATURES,
  ...WEEKDAY_FEATURES,
  ...YEAR_AGO_FEATURES,
  ...TARGET_PROMOTION_FEATURES,
  ...CLOSURE_FEATURES,
  ...CALENDAR_FEATURES,
  ...HOLIDAY_FEATURES,
];

export const FEATURE_NAMES: readonly string[] = FEATURES.map(({ name }) => name);
export const FEATURE_COUNT = FEATURES.length;

/** SHA-256 (hex) of names, order, kinds and definitions: two programs with the same hash build the same rows. */
export async function featureDefinitionHash(): Promise<string> {
  const text = JSON.stringify([DEFINITIONS_VERSION, HORIZON, FEATURES]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Columns that say how much is on promotion on the target day itself. */
export const TARGET_PROMOTION_COLUMNS: readonly string[] = [
  'promotion',
  'promotion_items',
  'promotion_change',
];
const INDICES = TARGET_PROMOTION_COLUMNS.map((name) => FEATURE_NAMES.indexOf(name));

/**
 * Makes them unknown in `count` rows from `offset` on: for a family whose model has learned apart from the trees what its
 * promotions are worth, and must not count it twice.
 */
export function blankTargetPromotion(rows: Float32Array, offset: number, count: number): void {
  for (let row = 0; row < count; row++) {
    for (const column of INDICES) rows[offset + row * FEATURE_COUNT + column] = Number.NaN;
  }
}
