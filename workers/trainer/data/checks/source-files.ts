import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { lastDayOf } from '../dataset.ts';
import { type Check, percentage } from './data-check.ts';

/** From this share of the rows, skipped rows are no longer an accident. */
const TOO_MANY = 0.01;

/** Rows skipped with `--skip-bad-rows`: duplicates, negative or unreadable values. */
export const checkBadRows: Check = ({ files }) => {
  const { count = 0, byKind: all = {} } = files?.skipped ?? {};
  // A gap is not a skipped row; the check missing-days covers it.
  const { 'date-gap': gaps = 0, ...byKind } = all;
  const share = count / Math.max(1, (files?.rows ?? 0) + count);
  const kinds = Object.entries(byKind).map(([kind, rows]) => `${rows} ${kind}`);
  return {
    name: 'bad-rows',
    severity: count === 0 ? 'info' : share > TOO_MANY ? 'failure' : 'warning',
    finding: count === 0 ? 'no row was left out' : `${count} rows were left out: ${kinds.join(', ')}`,
    figures: {
      rows: files?.rows ?? 0,
      left_out: count,
      left_out_percent: percentage(share),
      gaps,
      ...byKind,
    },
    fix: count === 0 ? null : 'Correct the rows; the notes above name the first of each kind with its line',
  };
};

/**
 * Days before today on which current files may end before a warning, and before a failure: the model would be outdated.
 */
const LATE = 3;
const STALE = 30;

/**
 * Whether the files are up to date. Files of a replay are old, and files before live days need not continue. Files that
 * are stale but younger than a dataset that is replayed automatically (`CURRENT_DAYS`) require a decision.
 */
export const checkStaleFiles: Check = ({ history: { panel }, files, live, isReplayed, today }) => {
  const last = lastDayOf(panel);
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
        ? 'Export the sales again: forecasts start on the day after the last; --time-travel replays an old dataset' +
          (age > STALE ? ', --allow-failed-checks stale-files continues with files this old' : '')
        : null,
  };
};
