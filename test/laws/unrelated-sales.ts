import { isoWeekday } from '../../shared/calendar/day-number.ts';
import { MISSING } from '../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../shared/schemas/series.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import { Random } from '../../workers/trainer/data/synthetic/random.ts';
import { forecastPanel } from '../support/trainer/forecast-panel.ts';
import { pairForecasts } from './change.ts';
import { editSeries, type LooseSeries, newStoreNbr, putTogether, takeApart } from './edit-dataset.ts';
import { changeFindings, type Finding, type Law, type Subject } from './finding.ts';

const LIMITS = { median: 0.02, p99: 0.15 };
const NEW_FAMILY = 'UNRELATED';
const LEVELS = [8, 60, 400];
const RHYTHM = [0.8, 0.9, 0.9, 1, 1.2, 1.6, 1.4];
const YOUNG_DAYS = 10;

/** Sales of another series, family or store do not move a series' forecast. */
export const addingSales: Law = async (subject) => {
  const { dataset } = subject;
  const { series, stores } = takeApart(dataset);
  const [firstStore] = stores;
  if (!firstStore) return [];
  const nextNbr = newStoreNbr(stores);
  const newStore = {
    ...firstStore,
    store: { ...firstStore.store, store_nbr: nextNbr, city: 'Elsewhere', cluster: 99 },
  };
  const storeSeries = (firstDay: number) =>
    dataset.families.map((family, f) => unrelated(dataset, nextNbr, family, f, firstDay));
  const young = dataset.panel.dayCount - YOUNG_DAYS;
  const changes: Readonly<Record<string, Dataset>> = {
    'a series is added': putTogether(dataset, {
      series: [...series, unrelated(dataset, firstStore.store.store_nbr, NEW_FAMILY, 1)],
      stores,
    }),
    'a family is added': putTogether(dataset, {
      series: [
        ...series,
        ...stores.map(({ store }, i) => unrelated(dataset, store.store_nbr, NEW_FAMILY, i)),
      ],
      stores,
    }),
    'a store is added': putTogether(dataset, {
      series: [...series, ...storeSeries(0)],
      stores: [...stores, newStore],
    }),
    'a store is added, 10 days old': putTogether(dataset, {
      series: [...series, ...storeSeries(young)],
      stores: [...stores, newStore],
    }),
  };
  const findings: Finding[] = [];
  for (const [change, changed] of Object.entries(changes)) {
    findings.push(...(await compare(subject, change, changed, () => true)));
  }
  return findings;
};

/** The last days of another series, lost, do not move a series' forecast. */
export const losingOthersDays: Law = async (subject) => {
  const { dataset } = subject;
  const { panel } = dataset;
  const findings: Finding[] = [];
  for (const days of [1, 3, 5]) {
    const lost = panel.series[(days * 7) % panel.series.length];
    if (!lost || panel.series.length < 2) continue;
    const lostKey = seriesKey(lost.storeNbr, lost.family);
    const changed = editSeries(dataset, ({ storeNbr, family, milliUnits }) => {
      if (seriesKey(storeNbr, family) === lostKey) milliUnits.fill(MISSING, milliUnits.length - days);
    });
    const change = `another series lacks its last ${days === 1 ? 'day' : `${days} days`}`;
    findings.push(...(await compare(subject, change, changed, (key) => key !== lostKey)));
  }
  return findings;
};

async function compare(
  { options, base }: Subject,
  change: string,
  changed: Dataset,
  isOther: (key: string) => boolean,
): Promise<Finding[]> {
  const after = await forecastPanel(changed, options);
  const pairs = pairForecasts(base, after, (key) => (isOther(key) ? key : null));
  return changeFindings(change, pairs, LIMITS);
}

/** Poisson sales around one of `LEVELS`, with a weekly rhythm; none before `firstDay` of the panel. */
function unrelated(
  { panel }: Dataset,
  storeNbr: string,
  family: string,
  number: number,
  firstDay = 0,
): LooseSeries {
  const random = new Random(1, 'unrelated', storeNbr, family);
  const level = LEVELS[number % LEVELS.length] ?? 1;
  return {
    storeNbr,
    family,
    milliUnits: Int32Array.from({ length: panel.dayCount }, (_, d) =>
      d < firstDay
        ? MISSING
        : 1000 * random.poisson(level * (RHYTHM[isoWeekday(panel.firstDay + d) - 1] ?? 1)),
    ),
    onpromotion: new Uint16Array(panel.plannedDayCount),
  };
}
