import { YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { type Dataset, lastDayOf } from '../dataset.ts';
import { type Check, percentage } from './data-check.ts';
import { CHECK_WINDOW_DAYS, familyWindow } from './distributions.ts';

/** Promotions were usual if this share of the values had one. */
const USUAL_PROMOTIONS = 0.02;
/** An increase of the share of zeros, over a year or four weeks, that is unusual. */
const MORE_ZEROS = 0.15;
const NEARLY_ALL = 0.99;

/**
 * Shares over all series of the last four weeks and of the same season before; in a short history, of the weeks before.
 */
function recentAndBefore(dataset: Dataset) {
  const { firstDay, series } = dataset.panel;
  const all = series.map((_, s) => s);
  const last = lastDayOf(dataset.panel);
  const lag = last - YEAR_OF_WEEKS - CHECK_WINDOW_DAYS + 1 >= firstDay ? YEAR_OF_WEEKS : CHECK_WINDOW_DAYS;
  return {
    lag,
    recent: familyWindow(dataset, all, last - CHECK_WINDOW_DAYS + 1, last),
    before: familyWindow(dataset, all, last - lag - CHECK_WINDOW_DAYS + 1, last - lag),
  };
}

/** The share of promoted values; promotions that have ended altogether are more likely lost than given up. */
export const checkPromotions: Check = ({ history }) => {
  const { lag, recent, before } = recentAndBefore(history);
  const isLost = recent.promotedShare === 0 && before.promotedShare >= USUAL_PROMOTIONS;
  return {
    name: 'promotions',
    severity: isLost ? 'warning' : 'info',
    finding: `${percentage(recent.promotedShare)} % of the values are on promotion, ${percentage(before.promotedShare)} % were ${lag} days before`,
    figures: {
      promoted_percent: percentage(recent.promotedShare),
      promoted_percent_before: percentage(before.promotedShare),
      days_before: lag,
    },
    fix: isLost ? 'Check that onpromotion is still filled in' : null,
  };
};

/** Whether the promotions of the forecast days are known. */
export const checkPromotionPlan: Check = ({ history }) => {
  const { plannedDayCount, dayCount } = history.panel;
  const planned = Math.min(HORIZON, plannedDayCount - dayCount);
  const { recent } = recentAndBefore(history);
  const isShort = planned < HORIZON && recent.promotedShare >= USUAL_PROMOTIONS;
  return {
    name: 'promotion-plan',
    severity: isShort ? 'warning' : 'info',
    finding: `the promotions of ${planned} of the next ${HORIZON} days are planned`,
    figures: { planned_days: planned, promoted_percent: percentage(recent.promotedShare) },
    fix: isShort
      ? 'Write the plan into test.csv, from the day after the last one on: a day without a plan is forecast without promotions'
      : null,
  };
};

/** The share of zeros. */
export const checkZeros: Check = ({ history }) => {
  const { lag, recent, before } = recentAndBefore(history);
  const isComparable = before.values.length > 0 && recent.values.length > 0;
  const isDead = isComparable && recent.zeroShare >= NEARLY_ALL && before.zeroShare < 1 - MORE_ZEROS;
  const isMore = isComparable && recent.zeroShare - before.zeroShare > MORE_ZEROS;
  return {
    name: 'zeros',
    severity: isDead ? 'failure' : isMore ? 'warning' : 'info',
    finding: `${percentage(recent.zeroShare)} % of the values are zero, ${percentage(before.zeroShare)} % were ${lag} days before`,
    figures: {
      zero_percent: percentage(recent.zeroShare),
      zero_percent_before: percentage(before.zeroShare),
      days_before: lag,
    },
    fix: isDead || isMore ? 'Check that the sales of the last four weeks are in the files' : null,
  };
};
