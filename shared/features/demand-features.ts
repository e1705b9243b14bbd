import { defineFeatures } from './feature.ts';
import { MEAN_7, MEAN_28, MEAN_140, MEAN_DAYS, type OriginWindow, WINDOW_DAYS } from './origin-window.ts';
import {
  decayedMeanOf,
  deviationOf,
  differenceOf,
  maximumOf,
  meanOf,
  medianOf,
  minimumOf,
  zeroShareOf,
} from './window-statistics.ts';

const LAGS = [0, 1, 2, 3, 4, 5, 6, 13, 20, 27] as const;
const DECAY = 0.9;
const DECAY_DAYS = 60;

/**
 * What the series sold up to the origin. Demand is log1p(units) throughout; an unknown day of the last 28 takes the
 * value of its weekday's anchor.
 */
export const DEMAND_FEATURES = defineFeatures<OriginWindow>('demand', [
  ...LAGS.map(
    (lag) =>
      [
        `lag_${lag}`,
        `demand ${lag} days before the origin`,
        ({ demand }: OriginWindow, out: Float32Array, at: number) => {
          out[at] = demand[lag] as number;
        },
      ] as const,
  ),
  ...MEAN_DAYS.map(
    (days, i) =>
      [
        `mean_${days}`,
        `mean demand of the ${days} days up to the origin`,
        ({ means }: OriginWindow, out: Float32Array, at: number) => {
          out[at] = means[i] as number;
        },
      ] as const,
  ),
  [
    'mean_7_week_before',
    'mean demand of days 7..13 before the origin',
    ({ demand }, out, at) => {
      out[at] = meanOf(demand, 7, 7);
    },
  ],
  [
    `decayed_mean_${DECAY_DAYS}`,
    `mean demand weighted ${DECAY}^days before the origin, ${DECAY_DAYS} days`,
    ({ demand }, out, at) => {
      out[at] = decayedMeanOf(demand, 0, DECAY_DAYS, DECAY);
    },
  ],
  [
    'deviation_28',
    'sample standard deviation of demand, 28 days',
    ({ demand }, out, at) => {
      out[at] = deviationOf(demand, 0, 28);
    },
  ],
  [
    'minimum_28',
    'least demand, 28 days',
    ({ demand }, out, at) => {
      out[at] = minimumOf(demand, 0, 28);
    },
  ],
  [
    'maximum_28',
    'greatest demand, 28 days',
    ({ demand }, out, at) => {
      out[at] = maximumOf(demand, 0, 28);
    },
  ],
  [
    'median_28',
    'median demand, 28 days',
    ({ demand, sorted }, out, at) => {
      out[at] = medianOf(demand, 0, 28, sorted);
    },
  ],
  [
    'zero_share_28',
    'share of days without demand, 28 days',
    ({ demand }, out, at) => {
      out[at] = zeroShareOf(demand, 28);
    },
  ],
  [
    'days_since_sale',
    `days from the last day with demand to the origin, at most ${WINDOW_DAYS}`,
    ({ demand }, out, at) => {
      out[at] = daysSinceSale(demand);
    },
  ],
  [
    'mean_promoted',
    `mean demand of days with items on promotion, ${WINDOW_DAYS} days`,
    ({ promotedMean }, out, at) => {
      out[at] = promotedMean;
    },
  ],
  [
    'mean_unpromoted',
    `mean demand of days without, ${WINDOW_DAYS} days`,
    ({ unpromotedMean }, out, at) => {
      out[at] = unpromotedMean;
    },
  ],
  [
    'momentum_7',
    'mean_7 - mean_28',
    ({ means }, out, at) => {
      out[at] = differenceOf(means[MEAN_7] as number, means[MEAN_28] as number);
    },
  ],
  [
    'momentum_28',
    'mean_28 - mean_140',
    ({ means }, out, at) => {
      out[at] = differenceOf(means[MEAN_28] as number, means[MEAN_140] as number);
    },
  ],
  [
    'last_over_mean',
    'lag_0 - mean_7',
    ({ demand, means }, out, at) => {
      out[at] = differenceOf(demand[0] as number, means[MEAN_7] as number);
    },
  ],
]);

/** How many customers the store had up to the origin. */
export const TICKET_FEATURES = defineFeatures<OriginWindow>('tickets', [
  [
    'tickets_last',
    'log1p(tickets of the store on the origin)',
    ({ tickets }, out, at) => {
      out[at] = tickets[0] as number;
    },
  ],
  [
    'tickets_mean_7',
    'mean log1p(tickets), 7 days up to the origin',
    ({ tickets }, out, at) => {
      out[at] = meanOf(tickets, 0, 7);
    },
  ],
  [
    'tickets_mean_28',
    'mean log1p(tickets), 28 days up to the origin',
    ({ tickets }, out, at) => {
      out[at] = meanOf(tickets, 0, 28);
    },
  ],
  [
    'tickets_momentum',
    'tickets_mean_7 - tickets_mean_28',
    ({ tickets }, out, at) => {
      out[at] = differenceOf(meanOf(tickets, 0, 7), meanOf(tickets, 0, 28));
    },
  ],
]);

function daysSinceSale(demand: Float64Array): number {
  for (let k = 0; k < WINDOW_DAYS; k++) if ((demand[k] as number) > 0) return k;
  return WINDOW_DAYS;
}
