import { FEATURE_NAMES, HORIZON } from '../../../../shared/features/index.ts';
import { MODEL_ROWS, type RowLayout } from '../../model/training-set/row-layout.ts';

/** Groups of similar features, which an ablation leaves out together. Each feature is in exactly one group. */
export const ABLATION_GROUPS = {
  lags: [
    ...['lag_0', 'lag_1', 'lag_2', 'lag_3', 'lag_4', 'lag_5', 'lag_6', 'lag_13', 'lag_20', 'lag_27'],
    'last_over_mean',
  ],
  means: [
    ...['mean_3', 'mean_7', 'mean_14', 'mean_28', 'mean_60', 'mean_140', 'mean_7_week_before'],
    ...['decayed_mean_60', 'momentum_7', 'momentum_28'],
  ],
  spread: ['deviation_28', 'minimum_28', 'maximum_28', 'median_28', 'zero_share_28', 'days_since_sale'],
  weekday: [
    ...[
      'weekday_last',
      'weekday_mean_4',
      'weekday_mean_8',
      'weekday_mean_20',
      'weekday_level',
      'anchor_kind',
    ],
    ...['weekday_last_over_level', 'weekday_mean_over_level', 'weekday_minimum_over_level'],
    ...['weekday_momentum', 'weekday_over_mean', 'mean_over_weekday'],
  ],
  'year-ago': ['year_ago', 'year_ago_mean_7', 'year_ago_change', 'same_date_change'],
  'promotion-past': [
    ...[
      'mean_promoted',
      'mean_unpromoted',
      'promotion_share_28',
      'days_since_promotion',
      'weekday_promotion',
    ],
  ],
  'promotion-planned': [
    ...['promotion', 'promotion_items', 'promotion_change', 'promotion_day_before', 'promotion_day_after'],
    ...['promotion_share_week_before', 'promotion_share_ahead'],
  ],
  tickets: ['tickets_last', 'tickets_mean_7', 'tickets_mean_28', 'tickets_momentum', 'weekday_tickets'],
  oil: ['oil_mean_28', 'oil_change'],
  series: ['store_nbr', 'family', 'city', 'state', 'type', 'cluster'],
  horizon: ['horizon'],
  season: ['day_of_month', 'month', 'day_of_year', 'iso_week'],
  'day-of-week': ['day_of_week'],
  closure: ['closed_days_before', 'closed_days_after'],
  payday: ['days_since_payday', 'days_until_payday'],
  holiday: [
    ...['national_holiday', 'regional_holiday', 'local_holiday', 'holiday_bridge', 'holiday_additional'],
    ...['holiday_event', 'holiday_work_day', 'days_since_national_holiday', 'days_until_national_holiday'],
  ],
} as const satisfies Record<string, readonly string[]>;

export type AblationGroup = keyof typeof ABLATION_GROUPS;
export const ABLATION_GROUP_NAMES = Object.keys(ABLATION_GROUPS) as readonly AblationGroup[];

/** Columns of a feature row that remain without the groups. */
export function columnsWithout(groups: readonly AblationGroup[]): number[] {
  const left = new Set<string>(groups.flatMap((group) => [...ABLATION_GROUPS[group]]));
  return FEATURE_NAMES.flatMap((name, column) => (left.has(name) ? [] : [column]));
}

/**
 * The rows of the model with some of the columns only, measured from the same anchor. Columns are left out, not
 * blanked: a column of unknown values only would still be drawn when a tree draws its columns, in place of an
 * informative one. Whole rows are built and copied, which takes a hundredth of the time of the fit.
 *
 * @param kept indices of the columns
 */
export function rowsOfColumns(kept: readonly number[], of: RowLayout = MODEL_ROWS): RowLayout {
  const whole = new Float32Array(HORIZON * of.columns);
  const { learn, unrepeated } = of;
  const leftOf = (columns: readonly number[]) =>
    columns.map((column) => kept.indexOf(column)).filter((at) => at >= 0);
  return {
    columns: kept.length,
    ...(unrepeated && {
      unrepeated: (...history: Parameters<typeof unrepeated>) => leftOf(unrepeated(...history)),
    }),
    write(series, origin, horizons, count, out, offset, bases) {
      of.write(series, origin, horizons, count, whole, 0, bases);
      let at = offset;
      for (let row = 0; row < count; row++) {
        for (const column of kept) out[at++] = whole[row * of.columns + column] as number;
      }
    },
    ...(learn && { learn: (series, lastDay) => rowsOfColumns(kept, learn(series, lastDay)) }),
  };
}
