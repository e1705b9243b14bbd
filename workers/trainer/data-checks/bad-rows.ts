import { type Check, percentage } from './check-input.ts';

/** From this share of the rows on, what is left out is not an accident any more. */
const TOO_MANY = 0.01;

/** Rows that were left out with `--skip-bad-rows`: duplicates, negative or unreadable values; without it none is. */
export const checkBadRows: Check = ({ files }) => {
  const { count = 0, byKind: all = {} } = files?.skipped ?? {};
  // A gap is no row that was left out; missing-days tells of it.
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
