import { type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Closures } from '../../../../shared/schemas/catalog.ts';
import type { StoreHistory } from './infer-closures.ts';
import { DAY } from './past-closures.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** Groups per sentence, and stores per group. */
const GROUPS = 6;
const STORES = 5;
/** A store whose sales begin at least this many days after the first sales of all was opened since. */
const OPENED_DAYS = 7;

/**
 * Describes the days on which stores sold nothing, in sentences: days off, closures, openings, silent stores, and
 * expected closures.
 *
 * @param ahead closures of the days that are forecast next
 */
export function describeClosures(
  histories: readonly StoreHistory[],
  ahead: Closures,
  firstDay: DayNumber,
): string[] {
  const off = grouped(
    ahead.weekly.map(({ store_nbr, weekdays }) => [
      weekdays.map((day) => `${WEEKDAYS[day - 1]}s`).join(' and '),
      store_nbr,
    ]),
  );
  const closed = grouped(
    histories.flatMap(({ states, store }) =>
      runsOf(states, DAY.closed).map(([from, to]) => [span(firstDay, from, to), store.store_nbr] as const),
    ),
  );
  const opened = grouped(
    histories.flatMap(({ activity, store }) =>
      activity.first >= OPENED_DAYS
        ? [[`since ${toIsoDate(firstDay + activity.first)}`, store.store_nbr] as const]
        : [],
    ),
  );
  const silent = grouped(
    histories.flatMap(({ states, store }) =>
      runsOf(states, DAY.silent).map(([from, to]) => [span(firstDay, from, to), store.store_nbr] as const),
    ),
  );
  const days = histories[0]?.states.length ?? 0;
  const lastDate = toIsoDate(firstDay + days - 1);
  const nextDate = toIsoDate(firstDay + days);
  const inferred = ahead.intervals.filter(({ declared, to }) => !declared && (to === null || to > lastDate));
  const shut = grouped(
    inferred.filter(({ to }) => to === null).map(({ from, store_nbr }) => [`since ${from}`, store_nbr]),
  );
  const expected = grouped(
    inferred
      .filter(({ to }) => to !== null)
      .map(({ from, to, store_nbr }) => [from > lastDate ? from : nextDate, to, store_nbr] as const)
      .map(([from, to, store_nbr]) => [from === to ? from : `${from} to ${to}`, store_nbr]),
  );
  const sentence = (found: string, text: (found: string) => string) => (found === '' ? [] : [text(found)]);
  return [
    ...sentence(off, (found) => `Regular days off, forecast at 0: ${found}.`),
    ...sentence(closed, (found) => `Closures, no demand of zero: ${found}.`),
    ...sentence(opened, (found) => `Opened: ${found}.`),
    ...sentence(shut, (found) => `Shut until further notice, forecast at 0: ${found}.`),
    ...sentence(expected, (found) => `Expected to be shut as in the year before, forecast at 0: ${found}.`),
    ...sentence(
      silent,
      (found) => `Nothing is known of the last days, which are forecast from those before: ${found}.`,
    ),
    ...(off + closed + shut + expected === ''
      ? []
      : ['closures.csv (store, from, to, reason) overrides this.']),
  ];
}

/** `label (stores 1, 2, 3)`, the labels of most stores first. */
function grouped(entries: readonly (readonly [label: string, storeNbr: string])[]): string {
  const groups = new Map<string, string[]>();
  for (const [label, storeNbr] of entries) groups.set(label, [...(groups.get(label) ?? []), storeNbr]);
  const largest = [...groups].sort((a, b) => b[1].length - a[1].length);
  const detail = largest.slice(0, GROUPS).map(([label, stores]) => `${label} (${storesText(stores)})`);
  const more = largest.length - detail.length;
  return detail.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function storesText(stores: readonly string[]): string {
  if (stores.length === 1) return `store ${stores[0]}`;
  return stores.length > STORES ? `${stores.length} stores` : `stores ${stores.join(', ')}`;
}

function runsOf(states: Uint8Array, wanted: number): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  for (let day = 0; day < states.length; day++) {
    if (states[day] !== wanted) continue;
    const from = day;
    // A day off within a closure is part of it.
    while (states[day + 1] === wanted || (states[day + 1] === DAY.dayOff && states[day + 2] === wanted))
      day++;
    runs.push([from, day]);
  }
  return runs;
}

function span(firstDay: DayNumber, from: number, to: number): string {
  const first = toIsoDate(firstDay + from);
  return from === to ? first : `${first} to ${toIsoDate(firstDay + to)}`;
}
