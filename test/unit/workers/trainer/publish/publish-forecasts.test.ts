import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { findForecasts } from '../../../../../shared/artifacts/batch-forecasts.ts';
import { FEATURE_CONTRACT, loadModel } from '../../../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { createBusinessClock } from '../../../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../../../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../../../../shared/sales-store/retention.ts';
import { forecastBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../../../shared/schemas/series.ts';
import { historyOf } from '../../../../../workers/trainer/data/dataset.ts';
import { travel } from '../../../../../workers/trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { encodeBatchForecasts } from '../../../../../workers/trainer/publish/encode-batch-forecasts.ts';
import { publishDataset } from '../../../../../workers/trainer/publish/publish-dataset.ts';
import { forecastAllSeries } from '../../../../../workers/trainer/publish/publish-forecasts.ts';
import type { MemorySales } from '../../../../support/api/memory-sales.ts';
import { createSampleApi, seriesQuery } from '../../../../support/api/sample-api.ts';
import { MemoryObjects } from '../../../../support/object-store/memory-objects.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

const TIME_ZONE = 'America/Guayaquil';
const TODAY = '2026-11-23';
const BOOTSTRAP = new URL('../../../../../workers/local/bootstrap/', import.meta.url);
const dataset = travel(generateSyntheticDataset({ stores: 4, families: 9 }).dataset, TODAY);
const history = historyOf(dataset, TODAY);
const engine = await createEngine();

/** The repository's bootstrap model, in service. */
async function publishModel(objects: MemoryObjects): Promise<string> {
  const manifest = await readFile(new URL('manifest.json', BOOTSTRAP), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  await objects.put(objectKeys.modelFile(version, 'manifest.json'), manifest);
  const packed = await readFile(new URL('model.packed', BOOTSTRAP));
  await objects.put(objectKeys.modelFile(version, 'model.packed'), packed);
  await putPublication(objects, version);
  return version;
}

/** The feature store on the morning of `TODAY`, which has counted the days since `liveFrom`. */
function fillStore(sales: MemorySales, liveFrom: string): void {
  const clock = createBusinessClock(TIME_ZONE);
  const now = entryIdAt(clock.startOf(toDayNumber(TODAY)) + 300_000);
  sales.state = {
    ...sales.state,
    watermark: now,
    newestEntry: now,
    liveFrom,
    importedStores: dataset.stores.map(({ store_nbr }) => store_nbr),
    compactedThrough: toIsoDate(toDayNumber(TODAY) - 1),
  };
  const { panel } = history;
  const start = panel.dayCount - RETENTION.historyDays;
  panel.series.forEach(({ storeNbr, family }, s) => {
    const store = dataset.stores.findIndex(({ store_nbr }) => store_nbr === storeNbr);
    const from = (row: number, length: number) => row * length + start;
    const days = <T extends Int32Array | Uint16Array>(values: T | null, at: number) =>
      Array.from({ length: RETENTION.historyDays }, (_, day) => values?.[at + day] ?? MISSING);
    sales.series.set(seriesKey(storeNbr, family), {
      firstDate: toIsoDate(panel.firstDay + start),
      milliUnits: days(panel.milliUnits, from(s, panel.dayCount)),
      onpromotion: days(panel.onpromotion, from(s, panel.plannedDayCount)),
      tickets: days(panel.tickets, from(store, panel.dayCount)),
    });
  });
}

it.each([TODAY, '2026-11-02'])(
  'batch forecasts are the numbers of the API, for every series, with live sales since %s',
  async (liveFrom) => {
    const objects = new MemoryObjects();
    const version = await publishModel(objects);
    const { catalog } = await publishDataset(
      dataset,
      { liveFrom, now: new Date('2026-11-22T03:00:00Z') },
      objects,
    );
    const model = await loadModel(objects, engine, FEATURE_CONTRACT, version);
    const batch = forecastAllSeries(history, catalog, model, () => undefined);
    const facts = { modelVersion: version, origin: '2026-11-22' };
    expect(batch).toMatchObject(facts);
    expect(batch.series.map(({ storeNbr, family }) => seriesKey(storeNbr, family))).toEqual(catalog.series);
    const bytes = encodeBatchForecasts(batch);

    const api = await createSampleApi({
      objects,
      loadEngine: async () => engine,
      now: () => Date.parse(`${TODAY}T12:00:00Z`),
    });
    fillStore(api.sales, liveFrom);
    for (const { storeNbr, family } of history.panel.series) {
      const response = await api.get(`/v1/forecasts?${seriesQuery(storeNbr, family)}`);
      const body = forecastBodySchema.parse(await response.json());
      expect(body).toMatchObject({ model_version: version, origin: '2026-11-22' });
      const served = body.points.map(({ cumulative, holidays, ...point }) => point);
      expect(await findForecasts(bytes, { storeNbr, family })).toEqual({ ...facts, points: served });
      expect(served.some(({ mean }) => mean > 0)).toBe(true);
    }
    model.forest.dispose();
  },
);

it("refuses a series of a store that the dataset lacks, instead of reading another row's tickets", async () => {
  const objects = new MemoryObjects();
  const version = await publishModel(objects);
  const { catalog } = await publishDataset(
    dataset,
    { liveFrom: TODAY, now: new Date('2026-11-22T03:00:00Z') },
    objects,
  );
  const model = await loadModel(objects, engine, FEATURE_CONTRACT, version);
  const withoutFirst = { ...history, stores: history.stores.slice(1) };
  const forecast = () => forecastAllSeries(withoutFirst, catalog, model, () => undefined);
  expect(forecast).toThrow('the dataset has no store 1');
  model.forest.dispose();
});
