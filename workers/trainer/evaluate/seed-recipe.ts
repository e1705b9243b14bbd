/**
 * The plain recipe of most first attempts at this task: columns of store, family and date, and none of the series'
 * sales. Its thirteenth column is the number of tickets of the day itself, which is unknown in advance; here it is
 * the number on the last same weekday up to the origin.
 *
 * @module
 */

import { datePartsOf } from '../../../shared/calendar/date-parts.ts';
import { DAYS_PER_WEEK } from '../../../shared/calendar/day-number.ts';
import { CALENDAR_FEATURES, HOLIDAY_FEATURES } from '../../../shared/features/calendar-features.ts';
import type { FeatureDefinition } from '../../../shared/features/feature.ts';
import { OIL_FEATURES } from '../../../shared/features/oil-features.ts';
import { STATIC_FEATURES } from '../../../shared/features/static-features.ts';
import type { FitContext, Recipe } from '../model/recipe.ts';
import type { RowLayout } from '../model/training-set/row-layout.ts';
import { type Contender, fittedContender } from './contenders.ts';

const CALENDAR_COLUMNS = ['month', 'day_of_week'].map((name) => columnOf(CALENDAR_FEATURES, name));
const OIL_COLUMN = columnOf(OIL_FEATURES, 'oil_mean_28');
const NATIONAL_HOLIDAY_COLUMN = columnOf(HOLIDAY_FEATURES, 'national_holiday');
/** Weeks searched backwards for a day with known tickets. */
const WEEKS = 4;

export const SEED_ROWS: RowLayout = {
  columns: STATIC_FEATURES.length + CALENDAR_COLUMNS.length + 5,
  write({ history, covariates }, origin, horizons, count, out, offset, { anchors, lifts }) {
    let at = offset;
    for (let i = 0; i < count; i++) {
      const target = origin + (horizons[i] as number);
      const day = target - covariates.fromDay;
      for (let column = 0; column < STATIC_FEATURES.length; column++) {
        out[at++] = covariates.statics[column] as number;
      }
      out[at++] = datePartsOf(target).year;
      for (const column of CALENDAR_COLUMNS) {
        out[at++] = covariates.calendar[day * CALENDAR_FEATURES.length + column] as number;
      }
      out[at++] = covariates.holidays[day * HOLIDAY_FEATURES.length + NATIONAL_HOLIDAY_COLUMN] as number;
      out[at++] = covariates.oil[(origin - covariates.fromDay) * OIL_FEATURES.length + OIL_COLUMN] as number;
      out[at++] = history.onpromotion[target - history.firstDay] ?? 0;
      out[at++] = knownTickets(history.tickets, origin - history.firstDay, horizons[i] as number);
      anchors.values[i] = 0;
      lifts[i] = 0;
    }
  },
};

/** The plain recipe with the parameters of ours, and one tree a round. */
export function seedRecipeContender(fitContext: FitContext, recipe: Recipe): Contender {
  const params = { ...recipe.params, num_parallel_tree: 1 };
  return fittedContender('seed_recipe', fitContext, { ...recipe, params }, SEED_ROWS);
}

function knownTickets(tickets: Int32Array, originIndex: number, h: number): number {
  const newest = originIndex + h - DAYS_PER_WEEK * Math.ceil(h / DAYS_PER_WEEK);
  for (let week = 0; week < WEEKS; week++) {
    const value = tickets[newest - week * DAYS_PER_WEEK] ?? -1;
    if (value >= 0) return value;
  }
  return Number.NaN;
}

function columnOf(group: readonly FeatureDefinition[], name: string): number {
  const index = group.findIndex((definition) => definition.name === name);
  if (index < 0) throw new RangeError(`there is no feature "${name}" in its group`);
  return index;
}
