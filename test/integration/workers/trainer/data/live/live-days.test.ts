import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { datasetNames, objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import { createBusinessClock } from '../../../../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../../../../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../../../../../shared/sales-store/retention.ts';
import type { SalesStore, StreamEntry } from '../../../../../../shared/sales-store/sales-store.ts';
import { createUpstashClient } from '../../../../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../../../../shared/sales-store/upstash/upstash-sales-store.ts';
import { catalogSchema } from '../../../../../../shared/schemas/catalog.ts';
import { MISSING } from '../../../../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../../../../shared/schemas/series.ts';
import type { TransactionBatch } from '../../../../../../shared/schemas/transaction.ts';
import { runAggregator } from '../../../../../../workers/aggregator/aggregate-store.ts';
import { subtractCalls } from '../../../../../../workers/local/redis-bridge/redis-bridge.ts';
import { produce } from '../../../../../../workers/producer/produce.ts';
import { runTraining } from '../../../../../../workers/trainer/cli/run-training.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { loadTrainingData } from '../../../../../../workers/trainer/data/import/load-training-data.ts';
import { archiveLiveDays } from '../../../../../../workers/trainer/data/live/live-archive.ts';
import {
  type LiveStore,
  openLiveStore,
} from '../../../../../../workers/trainer/data/live/read-live-sales.ts';
import { TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import { publishDataset } from '../../../../../../workers/trainer/publish/publish-dataset.ts';
import { writeRetailer } from '../../../../../support/datasets/retailer-files.ts';
import { MemoryObjects } from '../../../../../support/object-store/memory-objects.ts';
import { readPublished } from '../../../../../support/object-store/read-published.ts';
import { describeWithRedis, emptyStore } from '../../../../../support/redis/with-redis.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';

const clock = createBusinessClock('America/Guayaquil');
const TODAY = '2026-11-23';
const liveDay = toDayNumber(TODAY);
const STORES = [7, 1205];
const FAMILIES = ['BREAD', 'TEA', 'TOYS'];
const DAYS = 800;
const FIRST_DATE = '2024-01-01';
const LIVE_DAYS = 12;
const TICK = 300_000;

/**
 * Rows that the files lack: of one series, of a store, of all stores on their weekday off (a closure) and on another
 * day (a lost day), and of a series before its first sale.
 */
const isMissing = (liveFromIndex: number) => (store: string, family: string, day: number) => {
  const live = day - liveFromIndex;
  return (
    (live === 2 && store === '7' && family === 'TEA') ||
    (live === 4 && store === '1205') ||
    ((live % 7) + 7) % 7 === 6 ||
    live === 8 ||
    // TOYS of store 1205 are not in the files at all: they are only sold live.
    (store === '1205' && family === 'TOYS') ||
    (live === -30 && store === '7' && family === 'BREAD')
  );
};

describeWithRedis('finished live days out of Redis', (bridge) => {
  it('are trained on as they are served, under the dates of the store, and nothing is lost', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    const liveFromIndex = liveDay - toDayNumber(FIRST_DATE) - 364;
    await writeRetailer(directory, {
      stores: STORES,
      families: FAMILIES,
      firstDate: FIRST_DATE,
      days: DAYS,
      plannedDays: 16,
      withOptionalFiles: true,
      isMissing: isMissing(liveFromIndex),
    });
    const objects = new MemoryObjects();
    const { store, namespace } = emptyStore(bridge());
    const load = (today: string, liveStore: LiveStore | null) =>
      loadTrainingData({
        flags: { dataset: directory, timeTravel: true },
        today,
        objects,
        live: liveStore && { store: liveStore, clock },
        onProgress: () => undefined,
      });

    // The first night: the store is not open, the dataset is moved so that live sales begin today.
    const first = await load(TODAY, store);
    expect(first.liveFrom).toBe(TODAY);
    expect(first.dataset.shiftDays).toBe(364);
    expect(first.live).toBeNull();
    await publishDataset(first.dataset, { liveFrom: first.liveFrom, now: new Date() }, objects);

    const stream = await goOn(store, objects);
    const later = toIsoDate(liveDay + 200);
    const before = await bridge().billedCommands();
    const second = await load(later, store);
    const calls = subtractCalls(await bridge().billedCommands(), before);
    console.info(`${LIVE_DAYS} live days read with`, Object.fromEntries(calls));
    const callCount = [...calls.values()].reduce((sum, count) => sum + count, 0);
    expect(callCount).toBeGreaterThanOrEqual(LIVE_DAYS);
    expect(callCount).toBeLessThanOrEqual(3 * LIVE_DAYS + 2);

    // Whatever the day, the store keeps its dates.
    expect(second.liveFrom).toBe(TODAY);
    expect(second.dataset.shiftDays).toBe(first.dataset.shiftDays);
    expect(second.live?.refused).toEqual(
      new Map([
        ['store 99', 1],
        ['family "SHOES"', 1],
      ]),
    );
    const { panel } = second.history;
    const lastDay = panel.firstDay + panel.dayCount - 1;
    expect(toIsoDate(lastDay)).toBe(toIsoDate(liveDay + LIVE_DAYS - 1));
    expect(second.history.shiftDays).toBe(first.history.shiftDays);

    expectSumsOfStream(second.history, stream);
    await expectServed(second.history, store);
    const at = (storeNbr: string, family: string, live: number) =>
      unitsOn(second.history, storeNbr, family, liveDay + live);
    expect(at('7', 'TEA', 2)).toBe(0);
    expect(at('1205', 'BREAD', 4)).toBe(MISSING);
    expect(at('7', 'BREAD', 6)).toBe(MISSING);
    expect(at('7', 'BREAD', 8)).toBe(MISSING);
    expect(at('1205', 'TOYS', -1)).toBe(MISSING);
    expect(at('1205', 'TOYS', 0)).toBe(0);
    expect(at('1205', 'TOYS', 3)).toBe(12_500);
    expect(at('7', 'BREAD', -30)).toBe(MISSING);

    // The plan of the files continues after the last finished day, and the publication is the one with which the store
    // was opened.
    const planned = first.dataset.panel;
    const aheadOf = (dataset: Dataset) => {
      const s = dataset.panel.series.findIndex(
        ({ storeNbr, family }) => storeNbr === '7' && family === 'TEA',
      );
      return (day: number) =>
        dataset.panel.onpromotion[s * dataset.panel.plannedDayCount + day - dataset.panel.firstDay];
    };
    for (let day = lastDay + 1; day < planned.firstDay + planned.plannedDayCount; day++) {
      expect(aheadOf(second.history)(day)).toBe(aheadOf(first.dataset)(day));
    }
    const history = await readPublished(objects, datasetNames.history('7'));
    const sheet = await readPublished(objects, datasetNames.daySheet(toIsoDate(liveDay + 20)));
    await publishDataset(second.dataset, { liveFrom: second.liveFrom, now: new Date() }, objects);
    expect(await readPublished(objects, datasetNames.history('7'))).toBe(history);
    expect(await readPublished(objects, datasetNames.daySheet(toIsoDate(liveDay + 20)))).toBe(sheet);

    // Without the store, or before it is open, none of this is known.
    expect((await load(TODAY, null)).history.panel.dayCount).toBe(first.history.panel.dayCount);

    // Training needs only a read-only token.
    const client = createUpstashClient({ url: bridge().url, token: bridge().readOnlyToken });
    expect(await load(later, createUpstashSalesStore(client, { namespace }))).toEqual(second);
    // Named by flags, it reads the namespace of production, which is empty here.
    const named = openLiveStore({ liveUrl: bridge().url, liveToken: bridge().readOnlyToken }, {});
    if (!named) throw new Error('a store was named');
    expect((await named.status()).liveFrom).toBeNull();
  });

  it("become part of the next night's model, and keep the publication's dates", async (context) => {
    const xgboost = await openXgboostOrSkip(context);
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    await writeRetailer(directory, {
      stores: STORES,
      families: FAMILIES,
      firstDate: FIRST_DATE,
      days: DAYS,
      withOptionalFiles: true,
      isMissing: (store, family) => store === '1205' && family === 'TOYS',
    });
    const objects = new MemoryObjects();
    const { store } = emptyStore(bridge());
    const { windows, seed, threads } = TRAINING_DEFAULTS;
    const train = (today: string) =>
      runTraining(
        {
          windows,
          seed,
          threads,
          rounds: 30,
          treesPerRound: 1,
          maxRows: 5000,
          dataset: directory,
          out: '',
          timeTravel: true,
        },
        {
          now: new Date(`${today}T08:00:00Z`),
          today,
          store: objects,
          live: { store, clock },
          xgboost,
          onProgress: () => undefined,
          onNote: () => undefined,
        },
      );
    const first = await train(TODAY);
    expect(first.manifest.training.last_day).toBe(toIsoDate(liveDay - 1));
    await goOn(store, objects);

    const second = await train(toIsoDate(liveDay + LIVE_DAYS));
    expect(second.liveFrom).toBe(TODAY);
    expect(second.manifest.training.last_day).toBe(toIsoDate(liveDay + LIVE_DAYS - 1));
    expect(second.manifest.training.series).toBe(first.manifest.training.series + 1);
    const severityOf = (name: string) => second.checks.checks.find((check) => check.name === name)?.severity;
    expect(severityOf('refused-rows')).toBe('warning');
    expect(severityOf('live-lag')).toBe('info');
    expect(severityOf('rewritten-history')).toBe('info');
    const catalog = catalogSchema.parse(
      JSON.parse((await readPublished(objects, datasetNames.catalog)) ?? ''),
    );
    expect(catalog.live_from).toBe(TODAY);
    expect(catalog.series).toContain('1205:TOYS');
    expect(await objects.list(objectKeys.liveDays(TODAY))).toHaveLength(LIVE_DAYS);
    // What the store has counted since is unaffected.
    expect((await store.status()).liveFrom).toBe(TODAY);
    await produce({
      store,
      objects,
      clock,
      now: clock.startOf(liveDay + LIVE_DAYS + 1),
      batchSize: 3,
      maxTicks: 288,
    });
    expect((await store.status()).waitingEntries).toBeGreaterThan(0);
  });

  it('stay in the store for 400 days whether a model is published or not, and in the archive beyond that', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    await writeRetailer(directory, { stores: [7], families: ['TEA'], firstDate: FIRST_DATE, days: DAYS });
    const objects = new MemoryObjects();
    const { store } = emptyStore(bridge());
    const load = () =>
      loadTrainingData({
        flags: { dataset: directory, timeTravel: true },
        today: TODAY,
        objects,
        live: { store, clock },
        onProgress: () => undefined,
      });
    const first = await load();
    await publishDataset(first.dataset, { liveFrom: first.liveFrom, now: new Date() }, objects);
    await runAggregator({ store, objects, clock, now: clock.startOf(liveDay), ...LIMITS });
    const end = clock.startOf(liveDay + 1);
    await produce({ store, objects, clock, now: end, batchSize: 5, maxTicks: 288 });
    // Closing the day compacts it, which lets expiry drop it eventually.
    expect(await runAggregator({ store, objects, clock, now: end, ...LIMITS })).toMatchObject({
      compacted: 1,
    });

    const firstLiveDay = async () => (await load()).live?.days[0];
    const closed = await firstLiveDay();
    expect(closed?.sales.get('7:TEA')).toBeGreaterThan(0);
    await store.expire(toIsoDate(liveDay + RETENTION.dailyDays));
    expect(await firstLiveDay()).toEqual(closed);

    const { live } = await load();
    if (!live) throw new Error('the store is open');
    await archiveLiveDays(objects, live);
    await store.expire(toIsoDate(liveDay + RETENTION.dailyDays + 1));
    expect((await store.readBucket('sales_daily', TODAY)).fields).toEqual({});
    // More than 400 days later one tick is counted, which closes all the days before it.
    const later = clock.startOf(liveDay + RETENTION.dailyDays + 2);
    await store.append([{ id: entryIdAt(later), payload: '{"transactions":[],"tickets":{}}' }]);
    await runAggregator({ store, objects, clock, now: later, ...LIMITS });
    expect(await firstLiveDay()).toEqual(closed);
    await objects.put(objectKeys.liveDay(TODAY, TODAY), 'rubbish');
    await expect(load()).rejects.toThrow(/cannot be read: .* Restore it/);
    await objects.delete(objectKeys.liveDay(TODAY, TODAY));
    expect((await firstLiveDay())?.sales.size).toBe(0);
  });
});

const LIMITS = { maxEntries: 400, storesPerRun: 60, compactSeriesPerRun: 3 };

/** Runs the real producer and aggregator over all live days, with additional deliveries of a till. */
async function goOn(store: SalesStore, objects: MemoryObjects): Promise<StreamEntry[]> {
  await runAggregator({ store, objects, clock, now: clock.startOf(liveDay), ...LIMITS });
  // Kept from day to day: the stream is trimmed after a week.
  const stream: StreamEntry[] = [];
  const keepNew = async () => {
    stream.push(...(await store.readStream(stream.at(-1)?.id ?? null, 1000)));
  };
  for (let day = liveDay; day < liveDay + LIVE_DAYS; day++) {
    const end = clock.startOf(day + 1);
    if (day === liveDay + 3) await store.append([tillEntry(clock.startOf(day))]);
    await produce({ store, objects, clock, now: end, batchSize: 3, maxTicks: 288 });
    await keepNew();
    await runAggregator({ store, objects, clock, now: end, ...LIMITS });
  }
  // The day in progress has sales, too; it must not be trained on.
  const now = clock.startOf(liveDay + LIVE_DAYS) + 6 * TICK;
  await produce({ store, objects, clock, now, batchSize: 3, maxTicks: 288 });
  await keepNew();
  await runAggregator({ store, objects, clock, now, ...LIMITS });
  expect(await store.status()).toMatchObject({ waitingEntries: 0, deadLetters: 2 });
  return stream;
}

function tillEntry(instant: number): StreamEntry {
  const row = { ts: instant + 60_000, units: 12.5, onpromotion: 2 };
  const batch = {
    transactions: [
      { ...row, id: 'a', store_nbr: '1205', family: 'TOYS' },
      { ...row, id: 'b', store_nbr: '99', family: 'TOYS' },
      { ...row, id: 'c', store_nbr: '7', family: 'SHOES' },
    ],
    tickets: {},
  };
  return { id: entryIdAt(instant, 1), payload: JSON.stringify(batch) };
}

function unitsOn({ panel }: Dataset, storeNbr: string, family: string, day: number): number | undefined {
  const s = panel.series.findIndex((series) => series.storeNbr === storeNbr && series.family === family);
  return panel.milliUnits[s * panel.dayCount + day - panel.firstDay];
}

/** Checks that every live value of the panel is the sum of the stream's rows, added up row by row. */
function expectSumsOfStream(history: Dataset, stream: readonly StreamEntry[]): void {
  const { panel, stores } = history;
  const units = new Map<string, number>();
  const promoted = new Map<string, number>();
  const tickets = new Map<string, number>();
  for (const { id, payload } of stream) {
    const batch = JSON.parse(payload) as TransactionBatch;
    for (const { ts, store_nbr, family, units: sold, onpromotion } of batch.transactions) {
      const key = `${clock.dayOf(ts)} ${store_nbr}:${family}`;
      units.set(key, (units.get(key) ?? 0) + Math.round(sold * 1000));
      promoted.set(key, Math.max(promoted.get(key) ?? 0, onpromotion));
    }
    const day = clock.dayOf(Number(id.split('-')[0]) - 1);
    for (const [store, count] of Object.entries(batch.tickets ?? {})) {
      tickets.set(`${day} ${store}`, (tickets.get(`${day} ${store}`) ?? 0) + count);
    }
  }
  expect(stream.length).toBe(LIVE_DAYS * 288 + 1 + 6);
  for (let day = liveDay; day < liveDay + LIVE_DAYS; day++) {
    for (const [s, { storeNbr, family }] of panel.series.entries()) {
      const key = `${day} ${storeNbr}:${family}`;
      const isStoreThere =
        tickets.has(`${day} ${storeNbr}`) || FAMILIES.some((name) => units.has(`${day} ${storeNbr}:${name}`));
      const expected = units.get(key) ?? (isStoreThere ? 0 : MISSING);
      expect(panel.milliUnits[s * panel.dayCount + day - panel.firstDay], key).toBe(expected);
      expect(panel.onpromotion[s * panel.plannedDayCount + day - panel.firstDay], key).toBe(
        promoted.get(key) ?? 0,
      );
    }
    for (const [index, { store_nbr }] of stores.entries()) {
      const counted = panel.tickets?.[index * panel.dayCount + day - panel.firstDay];
      expect(counted, `${day} ${store_nbr}`).toBe(tickets.get(`${day} ${store_nbr}`) ?? MISSING);
    }
  }
}

/** Checks that every day that the store serves is the day that the model is trained on. */
async function expectServed({ panel, stores }: Dataset, store: SalesStore): Promise<void> {
  const closed = panel.firstDay + panel.dayCount - 1;
  for (const [s, { storeNbr, family }] of panel.series.entries()) {
    const reading = await store.readSeries(seriesKey(storeNbr, family), toIsoDate(closed));
    if (!reading) throw new Error(`${storeNbr}:${family} is not served`);
    const from = toDayNumber(reading.firstDate) - panel.firstDay;
    expect(reading.milliUnits.length).toBe(panel.dayCount - from);
    const row = s * panel.dayCount;
    const plan = s * panel.plannedDayCount;
    const tickets = stores.findIndex(({ store_nbr }) => store_nbr === storeNbr) * panel.dayCount;
    const served = [reading.milliUnits, reading.onpromotion, reading.tickets].map((column) =>
      Array.from(column),
    );
    expect(served, `${storeNbr}:${family}`).toEqual([
      Array.from(panel.milliUnits.subarray(row + from, row + panel.dayCount)),
      Array.from(panel.onpromotion.subarray(plan + from, plan + panel.dayCount)),
      Array.from(panel.tickets?.subarray(tickets + from, tickets + panel.dayCount) ?? []),
    ]);
  }
}
