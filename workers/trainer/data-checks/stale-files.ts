import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Check } from './check-input.ts';

/** Days before today on which current files may end before it is told, and before the model would be an old one. */
const LATE = 3;
const STALE = 30;

/**
 * Whether the files still come in. Those of a replay are old, and behind live days they need not go on. Files
 * that are stale but not yet of an age at which a dataset is replayed by itself (`CURRENT_DAYS`) are for a person to decide.
 */
export const checkStaleFiles: Check = ({ history: { panel }, files, live, isReplayed, today }) => {
  const last = panel.firstDay + panel.dayCount - 1;
  const age = today - last;
  if (files === null || live !== null || isReplayed) {
    return {
      name: 'stale-files',
      severity: 'info',
      finding: 'the newest days are not those of files',
      figures: {},
      fix: null,
    };
  }
  return {
    name: 'stale-files',
    severity: age > STALE ? 'failure' : age > LATE ? 'warning' : 'info',
    finding: `the files end on ${toIsoDate(last)}, ${age} ${age === 1 ? 'day' : 'days'} before today`,
    figures: { days_old: age },
    fix:
      age > LATE
        ? 'Export the sales anew: forecasts start on the day after the last; --time-travel replays an old dataset' +
          (age > STALE ? ', --allow-failed-checks stale-files goes on with files as old as these' : '')
        : null,
  };
};
