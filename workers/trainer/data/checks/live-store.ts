import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Check } from './data-check.ts';

/** Days that the store may be behind yesterday before a warning, and before a failure: the model would be outdated. */
const BEHIND = 1;
const FAR_BEHIND = 7;
const EXAMPLES = 5;

/** How far the feature store has counted. */
export const checkLiveLag: Check = ({ live, today }) => {
  // A store that runs ahead, as in a demonstration, is not behind.
  const behind = live ? Math.max(0, today - 1 - live.closedThrough) : 0;
  return {
    name: 'live-lag',
    severity: behind > FAR_BEHIND ? 'failure' : behind > BEHIND ? 'warning' : 'info',
    finding: live
      ? `the last finished day of the feature store is ${toIsoDate(live.closedThrough)}, ${behind} days before yesterday`
      : 'no live days are used in training',
    figures: live ? { live_days: live.days.length, days_behind: behind } : { live_days: 0 },
    fix: behind > BEHIND ? 'Check GET /v1/pipeline: sales no longer arrive, or are no longer counted' : null,
  };
};

/** Whether the live days archived by earlier runs are still in the feature store and used in training. */
export const checkLiveArchive: Check = ({ live, unusedArchive }) => {
  const restored = live?.restored ?? [];
  const unused = unusedArchive.reduce((sum, { dates }) => sum + dates.length, 0);
  const store = live ? `counts since ${toIsoDate(live.liveFrom)}` : 'is not open, or not named';
  const found = [
    ...(restored.length > 0
      ? [
          `the feature store has lost sales of ${restored.length} days (${restored.slice(0, EXAMPLES).join(', ')}), ` +
            'which were read from the archive',
        ]
      : []),
    ...unusedArchive.map(
      ({ opened, dates }) =>
        `${dates.length} archived days up to ${dates.at(-1)} are NOT used in training: the feature store that counted them ` +
        `was opened on ${opened}, and this one ${store}`,
    ),
  ];
  return {
    name: 'live-archive',
    severity: found.length > 0 ? 'warning' : 'info',
    finding: found.length > 0 ? found.join('; ') : 'no archived live day is missing',
    figures: { restored_days: restored.length, unused_days: unused },
    fix:
      unused > 0
        ? `Restore the feature store, or name it; if the days are not wanted any more, remove ${unusedArchive
            .map(({ opened }) => objectKeys.liveDays(opened))
            .join(', ')}`
        : restored.length > 0
          ? 'Find out what removed buckets from the feature store; forecasts are made without the lost sales'
          : null,
  };
};

/** Rows that were refused because their store or family is not in the catalog. */
export const checkRefusedRows: Check = ({ live }) => {
  const refused = [...(live?.refused ?? [])];
  const rows = refused.reduce((sum, [, count]) => sum + count, 0);
  const names = refused.slice(0, EXAMPLES).map(([name, count]) => `${name} (${count})`);
  return {
    name: 'refused-rows',
    severity: rows > 0 ? 'warning' : 'info',
    finding:
      rows === 0
        ? 'no live row is of an unknown store or family'
        : `${rows} live rows are of unknown stores or families: ${names.join(', ')}`,
    figures: { rows, names: refused.length },
    fix:
      rows > 0
        ? 'Add them to stores.csv and train.csv (one row will do), and train: the catalog then has them'
        : null,
  };
};
