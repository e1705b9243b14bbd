import { defineGroup } from './feature-definition.ts';
import { MEAN_7, MEAN_28, MEAN_140, MEAN_DAYS, type OriginWindow, WINDOW_DAYS } from './origin-window.ts';
import { decayedMeanOf, deviationOf, maximumOf, meanOf, medianOf, minimumOf } from './window-statistics.ts';

const LAGS = [0, 1, 2, 3, 4, 5, 6, 13, 20, 27] as const;
const DECAY = 0.9;
const DECAY_DAYS = 60;

/**
 * What the series sold up to the origin. Demand is log1p(units) throughout; a day of the last 28 that is not known stands at
 * its weekday's anchor.
 */
export const DEMAND_FEATURES = defineGroup('demand', [
  ...LAGS.map((lag) => [`lag_${lag}`, `demand ${lag} days before the origin`] as const),
  ...MEAN_DAYS.map((days) => [`mean_${days}`, `mean demand of the ${days} days up to the origin`] as const),
  ['mean_7_week_before', 'mean demand of days 7..13 before the origin'],
  [`decayed_mean_${DECAY_DAYS}`, `mean demand weighted ${DECAY}^days before the origin, ${DECAY_DAYS} days`],
  ['deviation_28', 'sample standard deviation of demand, 28 days'],
  ['minimum_28', 'least demand, 28 days'],
  ['maximum_28', 'greatest demand, 28 days'],
  ['median_28', 'median demand, 28 days'],
  ['zero_share_28', 'share of days without demand, 28 days'],
  ['days_since_sale', `days from the last day with demand to the origin, at most ${WINDOW_DAYS}`],
  ['mean_promoted', `mean demand of days with items on promotion, ${WINDOW_DAYS} days`],
  ['mean_unpromoted', `mean demand of days without, ${WINDOW_DAYS} days`],
  ['momentum_7', 'mean_7 - mean_28'],
  ['momentum_28', 'mean_28 - mean_140'],
  ['last_over_mean', 'lag_0 - mean_7'],
]);

const sorted = new Float64Array(28);

/** Writes `DEMAND_FEATURES` in their order. @returns the offset after them. */
export function writeDemandFeatures(window: OriginWindow, out: Float32Array, offset: number): number {
  const { demand, means } = window;
  let at = offset;
  for (let i = 0; i < LAGS.length; i++) out[at++] = demand[LAGS[i] as number] as number;
  for (let i = 0; i < MEAN_DAYS.length; i++) out[at++] = means[i] as number;
  out[at++] = meanOf(demand, 7, 7);
  out[at++] = decayedMeanOf(demand, 0, DECAY_DAYS, DECAY);
  out[at++] = deviationOf(demand, 0, 28);
  out[at++] = minimumOf(demand, 0, 28);
  out[at++] = maximumOf(demand, 0, 28);
  out[at++] = medianOf(demand, 0, 28, sorted);
  out[at++] = zeroShareOf(demand, 28);
  out[at++] = daysSinceSale(demand);
  out[at++] = meanByPromotion(window, true);
  out[at++] = meanByPromotion(window, false);
  const mean28 = means[MEAN_28] as number;
  const mean7 = means[MEAN_7] as number;
  out[at++] = mean7 - mean28;
  out[at++] = mean28 - (means[MEAN_140] as number);
  out[at++] = (demand[0] as number) - mean7;
  return at;
}

function zeroShareOf(demand: Float64Array, days: number): number {
  let zeros = 0;
  let known = 0;
  for (let k = 0; k < days; k++) {
    const value = demand[k] as number;
    if (!Number.isNaN(value)) known++;
    if (value === 0) zeros++;
  }
  return zeros / known;
}

function daysSinceSale(demand: Float64Array): number {
  for (let k = 0; k < WINDOW_DAYS; k++) if ((demand[k] as number) > 0) return k;
  return WINDOW_DAYS;
}

function meanByPromotion({ demand, promotion }: OriginWindow, promoted: boolean): number {
  let sum = 0;
  let known = 0;
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const value = demand[k] as number;
    if (!Number.isNaN(value) && (promotion[k] as number) > 0 === promoted) {
      sum += value;
      known++;
    }
  }
  return sum / known;
}
