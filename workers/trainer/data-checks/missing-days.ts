import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { type Check, percentage } from './check-input.ts';

/** The longest run of days without any value that closed stores explain. */
const LONGEST_CLOSURE = 3;
/** From this share of missing values on it is worth a word. */
const MANY_MISSING = 0.05;

/** Days on which no series has a value. */
export const checkMissingDays: Check = ({ history: { panel }, files, live }) => {
  const hasValue = new Uint8Array(panel.dayCount);
  for (let s = 0; s < panel.series.length; s++) {
    for (let day = 0; day < panel.dayCount; day++) {
      if ((panel.milliUnits[s * panel.dayCount + day] as number) !== MISSING) hasValue[day] = 1;
    }
  }
  let missing = 0;
  let longest = 0;
  let longestEnd = 0;
  for (let day = 0, run = 0; day < panel.dayCount; day++) {
    run = hasValue[day] === 1 ? 0 : run + 1;
    if (run > 0) missing++;
    if (run > longest) [longest, longestEnd] = [run, day];
  }
  const span = `${toIsoDate(panel.firstDay + longestEnd - longest + 1)}..${toIsoDate(panel.firstDay + longestEnd)}`;
  const isLive = live !== null && panel.firstDay + longestEnd >= live.liveFrom;
  return {
    name: 'missing-days',
    severity: missing === 0 ? 'info' : longest > LONGEST_CLOSURE ? 'failure' : 'warning',
    finding:
      missing === 0
        ? `every day has sales (${files?.closedDays.length ?? 0} days without a row are taken for closures)`
        : `${missing} days have no value of any series, at most ${longest} in a row: ${span}`,
    figures: {
      days: panel.dayCount,
      missing_days: missing,
      longest_run: longest,
      closed_days: files?.closedDays.length ?? 0,
    },
    fix:
      missing === 0
        ? null
        : isLive
          ? 'Find out why the feature store has nothing of these days (dead letters, a till that was off); until then they are missing'
          : 'Add the days to the files, with zeros where the stores were closed, up to the day before the first live one',
  };
};

/** Values that are missing within or after a series' own days. */
export const checkMissingValues: Check = ({ history: { panel } }) => {
  let missing = 0;
  let known = 0;
  for (let s = 0; s < panel.series.length; s++) {
    const row = panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
    const first = row.findIndex((value) => value !== MISSING);
    for (let day = Math.max(0, first); first >= 0 && day < row.length; day++) {
      if (row[day] === MISSING) missing++;
      else known++;
    }
  }
  const share = missing / Math.max(1, missing + known);
  const isMuch = share >= MANY_MISSING;
  return {
    name: 'missing-values',
    severity: known === 0 ? 'failure' : isMuch ? 'warning' : 'info',
    finding: known === 0 ? 'no value is known' : `${percentage(share)} % of the values are missing`,
    figures: { known, missing, missing_percent: percentage(share) },
    fix:
      isMuch || known === 0
        ? 'Write a row with 0 where nothing was sold: a day without a row counts as not known'
        : null,
  };
};
