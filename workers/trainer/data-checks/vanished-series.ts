import { seriesKey } from '../../../shared/schemas/series.ts';
import { type Check, percentage } from './check-input.ts';
import { WINDOW_DAYS } from './family-window.ts';

const EXAMPLES = 5;
/** From this share of the series on a dataset is another one, or was cut off. */
const TOO_MANY = 0.5;
const MANY_SILENT = 0.2;

/** Series that the last run did not have, or that it had and are gone or silent now. */
export const checkVanishedSeries: Check = ({ history: { panel }, previous }) => {
  const keys = new Set<string>();
  const silent: string[] = [];
  panel.series.forEach(({ storeNbr, family }, s) => {
    const key = seriesKey(storeNbr, family);
    keys.add(key);
    const end = (s + 1) * panel.dayCount;
    const recent = panel.milliUnits.subarray(Math.max(s * panel.dayCount, end - WINDOW_DAYS), end);
    if (recent.every((value) => value < 0)) silent.push(key);
  });
  const before = new Set(previous?.series ?? []);
  const vanished = [...before].filter((key) => !keys.has(key));
  const added = previous ? [...keys].filter((key) => !before.has(key)) : [];
  const vanishedShare = vanished.length / Math.max(1, before.size);
  const isSilent = silent.length / Math.max(1, keys.size) > MANY_SILENT;
  return {
    name: 'vanished-series',
    severity: vanishedShare > TOO_MANY ? 'failure' : vanished.length > 0 || isSilent ? 'warning' : 'info',
    finding: previous
      ? `${keys.size} series: ${told(added.length, 'new', added)}, ${told(vanished.length, 'gone', vanished)}`
      : `${keys.size} series: ${told(silent.length, `without a value in the last ${WINDOW_DAYS} days`, silent)}`,
    figures: {
      series: keys.size,
      new: added.length,
      gone: vanished.length,
      gone_percent: percentage(vanishedShare),
      silent: silent.length,
    },
    fix:
      vanished.length > 0
        ? 'Look whether the files are complete; a store that has closed may leave them'
        : isSilent
          ? 'Look whether the files are complete: a series without rows is not known, not zero'
          : null,
  };
};

function told(count: number, what: string, keys: readonly string[]): string {
  if (count === 0) return `none ${what}`;
  const more = count > EXAMPLES ? ', ...' : '';
  return `${count} ${what} (${keys.slice(0, EXAMPLES).join(', ')}${more})`;
}
