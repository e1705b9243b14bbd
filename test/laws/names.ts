import { type SeriesKey, seriesKey } from '../../shared/schemas/series.ts';
import { forecastPanel } from '../support/trainer/forecast-panel.ts';
import { type Pair, pairForecasts } from './change.ts';
import { moveWeeks, putTogether, takeApart } from './edit-dataset.ts';
import { changeFindings, type Finding, type Law, shareFinding } from './finding.ts';

const WEEKS = 5;

/** Numbers of stores and names of families do not matter. */
export const renaming: Law = async ({ dataset, options, base }) => {
  const { series, stores } = takeApart(dataset);
  const storeAfter = rotated(dataset.stores.map(({ store_nbr }) => store_nbr));
  const familyAfter = rotated(dataset.families);
  const renumbered = putTogether(dataset, {
    series: series.map((member) => ({ ...member, storeNbr: storeAfter(member.storeNbr) })),
    stores: stores.map((member) => ({
      ...member,
      store: { ...member.store, store_nbr: storeAfter(member.store.store_nbr) },
    })),
  });
  const renamed = putTogether(dataset, {
    series: series.map((member) => ({ ...member, family: familyAfter(member.family) })),
    stores,
  });
  const key = (rename: (storeNbr: string, family: string) => SeriesKey) => {
    const keys = new Map(
      series.map(({ storeNbr, family }) => [seriesKey(storeNbr, family), rename(storeNbr, family)]),
    );
    return (before: SeriesKey) => keys.get(before) ?? null;
  };
  return [
    ...identity(
      'stores renumbered',
      pairForecasts(
        base,
        await forecastPanel(renumbered, options),
        key((storeNbr, family) => seriesKey(storeAfter(storeNbr), family)),
      ),
    ),
    ...identity(
      'families renamed',
      pairForecasts(
        base,
        await forecastPanel(renamed, options),
        key((storeNbr, family) => seriesKey(storeNbr, familyAfter(family))),
      ),
    ),
  ];
};

/** Dates moved by whole weeks, as time travel moves them, do not matter. */
export const movingDates: Law = async ({ dataset, options, base }) =>
  identity(
    `dates moved by ${WEEKS} weeks`,
    pairForecasts(base, await forecastPanel(moveWeeks(dataset, WEEKS), options)),
  );

function identity(law: string, pairs: readonly Pair[]): Finding[] {
  const isChanged = ({ before, after }: Pair) => !Object.is(before, after);
  return [
    shareFinding(law, 'series-days with other digits', pairs.map(isChanged)),
    ...changeFindings(law, pairs, { median: 0, p99: 0 }),
  ];
}

/** Gives each of the values the one after it, the last the first: in reverse order trees would only be mirrored. */
function rotated<T>(values: readonly T[]): (value: T) => T {
  const after = new Map(values.map((value, i) => [value, values[(i + 1) % values.length] ?? value]));
  return (value) => after.get(value) ?? value;
}
