import { expect, it } from 'vitest';
import { datasetNames } from '../../../../shared/artifacts/object-keys.ts';
import { createR2ObjectStore } from '../../../../shared/artifacts/r2-object-store.ts';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { isoWeekOf } from '../../../../shared/calendar/date-parts.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { createClosureCalendar } from '../../../../shared/features/closure-calendar.ts';
import {
  createCategories,
  createCovariates,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
  historyFromReading,
  PLANNED_DAYS,
} from '../../../../shared/features/index.ts';
import { createDurableSalesStore } from '../../../../shared/sales-store/durable/durable-sales-store.ts';
import {
  createPartitionedStore,
  type PartitionedStore,
} from '../../../../shared/sales-store/partitioned/partitioned-store.ts';
import { catalogSchema } from '../../../../shared/schemas/catalog.ts';
import { promotionPlanSchema } from '../../../../shared/schemas/day-sheet.ts';
import { seriesKey } from '../../../../shared/schemas/series.ts';
import { aggregatePartitions } from '../../../../workers/aggregator/aggregate-partitions.ts';
import { producePartitions } from '../../../../workers/producer/produce-partitions.ts';
import { openPanelSeries, seriesAsOf } from '../../../../workers/trainer/model/series/panel-series.ts';
import { publishDataset } from '../../../../workers/trainer/publish/publish-dataset.ts';
import { buildFeatureRows } from '../../../support/features/build-rows.ts';
import { rowBits } from '../../../support/features/parity-dataset.ts';
import { readPublished } from '../../../support/object-store/read-published.ts';
import { bindings } from '../../bindings.ts';
import { createReplayedDataset, LIVE_DAYS } from './replayed-dataset.ts';

const clock = createBusinessClock('America/Guayaquil');
const dataset = createReplayedDataset();
const { panel } = dataset;
const origin = panel.firstDay + panel.dayCount - 1;
const objects = createR2ObjectStore(bindings.ARTIFACTS);
const readJson = async (name: string): Promise<unknown> =>
  JSON.parse((await readPublished(objects, name)) ?? 'null');

it.each([1, 8])(
  'days that came in as sales over %i partitions give the very feature bits of the panel, compacted or not',
  async (count) => {
    const liveDay = origin - LIVE_DAYS + 1;
    await publishDataset(
      dataset,
      { liveFrom: toIsoDate(liveDay), now: new Date('2026-11-22T03:00:00Z') },
      objects,
    );
    const store = createPartitionedStore(
      Array.from({ length: count }, (_, index) =>
        createDurableSalesStore(bindings.SALES_STORE, `parity ${index} of ${count}`),
      ),
    );
    const aggregate = (now: number, compactSeriesPerRun: number) =>
      aggregatePartitions({
        store,
        objects,
        clock,
        now,
        maxEntries: 300,
        storesPerRun: 2,
        compactSeriesPerRun,
      });

    // A divided store takes no ticks before it is open.
    if (count > 1) await aggregate(clock.startOf(liveDay), 3);
    for (let day = liveDay; day <= origin; day++) {
      const now = clock.startOf(day + 1);
      expect(
        await producePartitions({ store, objects, clock, now, batchSize: 2, maxTicks: 288 }),
      ).toMatchObject({
        entries: 288 * count,
        remainingTicks: 0,
      });
      // Never all of them: some series are read from packed days, some from the buckets of several days.
      await aggregate(now, 3);
    }
    expect(await store.status()).toMatchObject({ waitingEntries: 0, deadLetters: 0 });
    expect((await store.status()).compactedThrough).not.toBe(toIsoDate(origin));
    expect(await findDifferences(store)).toEqual([]);

    expect(await aggregate(clock.startOf(origin + 1), 100)).toMatchObject({ compactionRemaining: 0 });
    expect((await store.status()).compactedThrough).toBe(toIsoDate(origin));
    expect(await findDifferences(store)).toEqual([]);
  },
);

/** The features of each series whose bits differ between the panel and what the store reads. */
async function findDifferences(store: PartitionedStore): Promise<string[]> {
  const catalog = catalogSchema.parse(await readJson(datasetNames.catalog));
  const categories = createCategories(catalog.stores, catalog.families);
  const covariates = createCovariates(catalog, origin, origin + HORIZON, categories);
  const closures = createClosureCalendar(catalog.closures);
  const differences: string[] = [];
  for (const trained of openPanelSeries(dataset, createCategories(dataset.stores, dataset.families))) {
    const key = seriesKey(trained.storeNbr, trained.family);
    const reading = await store.readSeries(key, toIsoDate(origin));
    if (!reading) throw new Error(`the store has no ${key}`);
    const planned = await Promise.all(
      Array.from({ length: PLANNED_DAYS }, async (_, h) => {
        const day = origin + 1 + h;
        const plan = promotionPlanSchema.parse(await readJson(datasetNames.promotionPlan(isoWeekOf(day))));
        return plan.days[toIsoDate(day)]?.[plan.series.indexOf(key)] ?? 0;
      }),
    );
    const closed = Array.from({ length: PLANNED_DAYS + 1 }, (_, h) =>
      closures.reasonOf(trained.storeNbr, origin + h),
    );
    const training = new Float32Array(HORIZON * FEATURE_COUNT);
    const serving = new Float32Array(HORIZON * FEATURE_COUNT);
    buildFeatureRows(seriesAsOf(trained, origin).history, trained.covariates, origin, training);
    buildFeatureRows(historyFromReading(reading, planned, closed), covariates.of(trained), origin, serving);
    const expected = rowBits(training).map((row) => row.split(' '));
    rowBits(serving).forEach((row, h) => {
      row.split(' ').forEach((bits, f) => {
        if (bits !== expected[h]?.[f]) differences.push(`${key} h=${h + 1} ${FEATURE_NAMES[f]}`);
      });
    });
  }
  return differences;
}
