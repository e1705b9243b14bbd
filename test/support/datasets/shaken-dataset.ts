import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type Dataset, historyOf } from '../../../workers/trainer/data/dataset.ts';
import { sequence } from './sample-history.ts';
import { FIRST_DAY, smallDataset } from './small-dataset.ts';

/** All days that there are: those of 2016. */
export const SHAKEN_DAYS = 366;

/**
 * The first days of sales without a rhythm, so that every window of a backtest has baselines with errors of their own.
 *
 * @param edit changes sales, `SHAKEN_DAYS` a series
 */
export function shakenDataset(days: number, edit?: (milliUnits: Int32Array) => void): Dataset {
  const random = sequence(5);
  const whole = smallDataset(SHAKEN_DAYS, ['A', 'B'], ({ milliUnits }) => {
    for (let i = 0; i < milliUnits.length; i++) milliUnits[i] = 1000 + Math.floor(4000 * random());
    edit?.(milliUnits);
  });
  return historyOf(whole, toIsoDate(FIRST_DAY + days));
}
