import { openCurrentDataset, readFacts } from '../../../../../shared/artifacts/current-publication.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { createBusinessClock } from '../../../../../shared/calendar/business-clock.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { TICK_MS } from '../../../../../shared/calendar/tick.ts';
import { checkHistoryChunk } from '../../../../../shared/sales-store/history-import.ts';
import type { SalesStore, StoreStatus } from '../../../../../shared/sales-store/sales-store.ts';
import type { ForecastBody } from '../../../../../shared/schemas/api/forecast.ts';
import { parseSeriesKey, seriesKey } from '../../../../../shared/schemas/series.ts';
import { importHistory } from '../../../../../workers/aggregator/import-history.ts';
import { createTickSource } from '../../../../../workers/producer/tick-source.ts';
import { MemorySales, sampleSeries } from '../../../../support/api/memory-sales.ts';
import { createSampleApi, seriesQuery } from '../../../../support/api/sample-api.ts';

const CLOCK = createBusinessClock('America/Guayaquil');
const NEW_STORE: StoreStatus = {
  watermark: null,
  newestEntry: null,
  waitingEntries: 0,
  waitingRows: 0,
  oldestWaiting: null,
  deadLetters: 0,
  identity: null,
  liveFrom: null,
  storeCount: 0,
  importedStores: [],
  compactedThrough: null,
  partition: null,
};

/** What the code of producer and aggregator finds in a store. */
export interface PipelineView {
  readonly liveFrom: IsoDate;
  /** Days without a sheet, from the first live one to the last. */
  readonly missingSheets: readonly IsoDate[];
  /** Series that are replayed on any of these days. */
  readonly replayed: readonly string[];
  /** Series whose history up to the first live day would be imported into a feature store opened now. */
  readonly imported: readonly string[];
}

/** @throws what the readers throw */
export async function whatPipelineFinds(store: ObjectStore): Promise<PipelineView> {
  const objects = await openCurrentDataset(store);
  const dataset = await readFacts(objects);
  if (!dataset) throw new Error('nothing is published');
  const imported: string[] = [];
  const sales: Pick<SalesStore, 'openHistory' | 'importHistory'> = {
    openHistory: async () => 'opened',
    importHistory: async (chunk) => {
      checkHistoryChunk(chunk, toIsoDate(toDayNumber(dataset.liveFrom) - 1));
      imported.push(...chunk.series.map(({ family }) => seriesKey(chunk.store_nbr, family)));
      return 'imported';
    },
  };
  const request = { objects, dataset, status: NEW_STORE, limit: 99, openingBalances: true };
  await importHistory({ ...request, store: sales as SalesStore });

  const ticks = createTickSource({ dataset: objects, clock: CLOCK, batchSize: 50 }, 1);
  const missingSheets: IsoDate[] = [];
  const replayed = new Set<string>();
  for (let day = toDayNumber(dataset.liveFrom); day <= toDayNumber(dataset.lastDate); day++) {
    // The first tick of a day has a row of every series.
    const parts = await ticks.read(CLOCK.startOf(day) + TICK_MS);
    if ('missing' in parts) {
      missingSheets.push(parts.missing);
      continue;
    }
    const { transactions } = JSON.parse(parts[0]?.payload ?? '');
    for (const { store_nbr, family } of transactions) replayed.add(seriesKey(String(store_nbr), family));
  }
  return {
    liveFrom: dataset.liveFrom,
    missingSheets,
    replayed: [...replayed].sort(),
    imported: imported.sort(),
  };
}

export interface ApiAnswer {
  readonly status: number;
  /** The body of a forecast; absent in a problem. */
  readonly body: Partial<ForecastBody>;
}

/**
 * Requests the forecast of each series from a newly started API. Its feature store was opened on `liveFrom` and knows
 * every requested series.
 */
export async function askApi(
  objects: ObjectStore,
  liveFrom: IsoDate,
  series: readonly string[],
): Promise<ReadonlyMap<string, ApiAnswer>> {
  const yesterday = toIsoDate(toDayNumber(liveFrom) - 1);
  const sales = new MemorySales({ ...NEW_STORE, liveFrom, compactedThrough: yesterday });
  for (const key of series)
    sales.series.set(
      key,
      sampleSeries(yesterday, 34, (index) => 1000 * (1 + (index % 7))),
    );
  const api = await createSampleApi({ objects, store: sales });
  const answers = new Map<string, ApiAnswer>();
  for (const key of series) {
    const { storeNbr, family } = parseSeriesKey(key);
    const response = await api.get(`/v1/forecasts?${seriesQuery(storeNbr, family)}`);
    answers.set(key, { status: response.status, body: await response.json() });
  }
  return answers;
}
