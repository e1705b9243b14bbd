import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Check } from './check-input.ts';

/** Days that the store may be behind yesterday before it is told, and before the model would be an old one. */
const BEHIND = 1;
const FAR_BEHIND = 7;
const EXAMPLES = 5;

/** How far the feature store has come. */
export const checkLiveLag: Check = ({ live, today }) => {
  // A store that runs ahead, as in a demonstration, is not behind.
  const behind = live ? Math.max(0, today - 1 - live.closedThrough) : 0;
  return {
    name: 'live-lag',
    severity: behind > FAR_BEHIND ? 'failure' : behind > BEHIND ? 'warning' : 'info',
    finding: live
      ? `the last closed day of the feature store is ${toIsoDate(live.closedThrough)}, ${behind} days before yesterday`
      : 'no live days are learned from',
    figures: live ? { live_days: live.days.length, days_behind: behind } : { live_days: 0 },
    fix: behind > BEHIND ? 'Look at GET /v1/pipeline: sales have stopped to arrive, or to be counted' : null,
  };
};

/** Rows that were refused because the catalog does not know their store or family. */
export const checkRefusedRows: Check = ({ live }) => {
  const refused = [...(live?.refused ?? [])];
  const rows = refused.reduce((sum, [, count]) => sum + count, 0);
  const names = refused.slice(0, EXAMPLES).map(([name, count]) => `${name} (${count})`);
  return {
    name: 'refused-rows',
    severity: rows > 0 ? 'warning' : 'info',
    finding:
      rows === 0
        ? 'no live row is of a store or family that is not known'
        : `${rows} live rows are of stores or families that are not known: ${names.join(', ')}`,
    figures: { rows, names: refused.length },
    fix:
      rows > 0
        ? 'Add them to stores.csv and train.csv (one row will do), and train: the catalog then has them'
        : null,
  };
};
