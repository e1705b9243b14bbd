import { parseSeriesKey, type SeriesKey, seriesKey } from '../../shared/schemas/series.ts';
import { forecastPanel } from '../support/trainer/forecast-panel.ts';
import { pairForecasts } from './change.ts';
import { newStoreNbr, putTogether, takeApart } from './edit-dataset.ts';
import { changeFindings, type Law } from './finding.ts';

const LIMITS = { median: 0.02, p99: 0.02 };
const COPIES = 3;
const copyOf = (family: string) => `${family} COPY`;

/** Series with the same history at the same store, and stores with the same series, get the same forecast. */
export const copying: Law = async ({ dataset, options }) => {
  const { series, stores } = takeApart(dataset);
  const every = Math.max(1, Math.floor(series.length / COPIES));
  const copied = series.filter((_, s) => s % every === 0).slice(0, COPIES);
  const withSeries = await forecastPanel(
    putTogether(dataset, {
      series: [...series, ...copied.map((member) => ({ ...member, family: copyOf(member.family) }))],
      stores,
    }),
    options,
  );
  const copies = new Map(
    copied.map(({ storeNbr, family }) => [seriesKey(storeNbr, family), seriesKey(storeNbr, copyOf(family))]),
  );
  const familyCopy = (key: SeriesKey) => copies.get(key) ?? null;

  const middle = stores[stores.length >> 1];
  if (!middle) return [];
  const { store_nbr } = middle.store;
  const copyNbr = newStoreNbr(stores);
  const ofStore = series.filter(({ storeNbr }) => storeNbr === store_nbr);
  const withStore = await forecastPanel(
    putTogether(dataset, {
      series: [...series, ...ofStore.map((member) => ({ ...member, storeNbr: copyNbr }))],
      stores: [...stores, { ...middle, store: { ...middle.store, store_nbr: copyNbr } }],
    }),
    options,
  );
  const storeCopy = (key: SeriesKey) => {
    const { storeNbr, family } = parseSeriesKey(key);
    return storeNbr === store_nbr ? seriesKey(copyNbr, family) : null;
  };
  return [
    ...changeFindings('a copy of a series', pairForecasts(withSeries, withSeries, familyCopy), LIMITS),
    ...changeFindings('a copy of a store', pairForecasts(withStore, withStore, storeCopy), LIMITS),
  ];
};
