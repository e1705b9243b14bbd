import { at } from '../../../../shared/at.ts';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../../shared/schemas/series.ts';
import { isShut, storeHistories } from '../closures/infer-closures.ts';
import { isHarmlessGap } from '../csv/days-without-rows.ts';
import { type Check, type CheckInput, percentage } from './data-check.ts';
import { CHECK_WINDOW_DAYS } from './distributions.ts';

/** The longest run of days without any value that closed stores explain. */
const LONGEST_CLOSURE = 3;
/** Share of missing values that is a warning. */
const MANY_MISSING = 0.05;

/** Days on which no series has a value although a store should have been open. */
export const checkMissingDays: Check = ({ history, files, live }) => {
  const { panel } = history;
  const hasValue = new Uint8Array(panel.dayCount);
  const milliUnits = new Float64Array(panel.dayCount);
  for (let s = 0; s < panel.series.length; s++) {
    for (let day = 0; day < panel.dayCount; day++) {
      const value = panel.milliUnits[s * panel.dayCount + day] as number;
      if (value === MISSING) continue;
      hasValue[day] = 1;
      milliUnits[day] = (milliUnits[day] as number) + value;
    }
  }
  for (const day of daysOfClosedStores(history, files, live)) hasValue[day] = 1;
  let missing = 0;
  let longest = 0;
  let longestEnd = 0;
  let harmful = 0;
  for (let day = 0, run = 0; day < panel.dayCount; day++) {
    run = hasValue[day] === 1 ? 0 : run + 1;
    if (run > 0) missing++;
    if (run > longest) [longest, longestEnd] = [run, day];
    const isEnd = run > LONGEST_CLOSURE && hasValue[day + 1] !== 0;
    const isLive = live !== null && panel.firstDay + day >= live.liveFrom;
    if (isEnd && (isLive || !isHarmlessGap((at) => milliUnits[at] ?? 0, day - run + 1, day))) harmful++;
  }
  const span = `${toIsoDate(panel.firstDay + longestEnd - longest + 1)}..${toIsoDate(panel.firstDay + longestEnd)}`;
  const isLive = live !== null && panel.firstDay + longestEnd >= live.liveFrom;
  return {
    name: 'missing-days',
    severity: missing === 0 ? 'info' : harmful > 0 ? 'failure' : 'warning',
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
          ? 'Find out why the feature store lacks these days (dead letters, a till that was off); until then they are missing'
          : 'Add the days to the files, up to the day before the first live one; state closures in closures.csv (store, from, to)',
  };
};

/**
 * Days of the files, as indices into the panel, on which every store was closed. A live day without data in the feature
 * store is not one: the tills may have been off. Nor are more than a few days on which several stores are silent
 * together, unless the file reader has an explanation.
 */
function daysOfClosedStores(
  history: CheckInput['history'],
  files: CheckInput['files'],
  live: CheckInput['live'],
): readonly number[] {
  const { panel, shiftDays } = history;
  const histories = storeHistories(history);
  const liveStart = live === null ? panel.dayCount : live.liveFrom - panel.firstDay;
  const text = new Set(
    (files?.closedDays ?? []).map((date) => toDayNumber(date) + shiftDays - panel.firstDay),
  );
  const areShut = Uint8Array.from({ length: liveStart }, (_, day) =>
    Number(
      histories.some(({ states }) => isShut(states[day])) &&
        histories.every(({ states }) => isShut(states[day])),
    ),
  );
  if (histories.length > 1) forgetLongRuns(areShut, text);
  return Array.from(areShut.keys()).filter((day) => text.has(day) || areShut[day] === 1);
}

function forgetLongRuns(days: Uint8Array, text: ReadonlySet<number>): void {
  for (let from = 0, day = 0; day <= days.length; day++) {
    if (days[day] === 1 && !text.has(day)) continue;
    if (day - from > LONGEST_CLOSURE) days.fill(0, from, day);
    from = day + 1;
  }
}

/** Missing values within or after a series' own days, without closed days. */
export const checkMissingValues: Check = ({ history }) => {
  const { panel } = history;
  const statesOf = new Map(storeHistories(history).map(({ store, states }) => [store.store_nbr, states]));
  let missing = 0;
  let known = 0;
  for (let s = 0; s < panel.series.length; s++) {
    const row = panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
    const first = row.findIndex((value) => value !== MISSING);
    const states = statesOf.get(at(panel.series, s).storeNbr);
    for (let day = Math.max(0, first); first >= 0 && day < row.length; day++) {
      if (row[day] !== MISSING) known++;
      else if (!isShut(states?.[day])) missing++;
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
        ? 'Write a row with 0 where nothing was sold, or use --missing zero: such a day without a row counts as unknown'
        : null,
  };
};

const EXAMPLES = 5;
/** From this share of the series, the dataset is a different one or truncated. */
const TOO_MANY = 0.5;
const MANY_SILENT = 0.2;

/** Series that are new since the last run, and those that are gone or silent now. */
export const checkVanishedSeries: Check = ({ history: { panel }, previous }) => {
  const keys = new Set<string>();
  const silent: string[] = [];
  panel.series.forEach(({ storeNbr, family }, s) => {
    const key = seriesKey(storeNbr, family);
    keys.add(key);
    const end = (s + 1) * panel.dayCount;
    const recent = panel.milliUnits.subarray(Math.max(s * panel.dayCount, end - CHECK_WINDOW_DAYS), end);
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
      ? `${keys.size} series: ${text(added.length, 'new', added)}, ${text(vanished.length, 'gone', vanished)}`
      : `${keys.size} series: ${text(silent.length, `without a value in the last ${CHECK_WINDOW_DAYS} days`, silent)}`,
    figures: {
      series: keys.size,
      new: added.length,
      gone: vanished.length,
      gone_percent: percentage(vanishedShare),
      silent: silent.length,
    },
    fix:
      vanished.length > 0
        ? 'Check that the files are complete; a closed store may leave them'
        : isSilent
          ? 'Check that the files are complete: a series without rows is unknown, not zero'
          : null,
  };
};

function text(count: number, what: string, keys: readonly string[]): string {
  if (count === 0) return `none ${what}`;
  const more = count > EXAMPLES ? ', ...' : '';
  return `${count} ${what} (${keys.slice(0, EXAMPLES).join(', ')}${more})`;
}
