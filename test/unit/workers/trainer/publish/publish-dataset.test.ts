import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPointer, readPublication } from '../../../../../shared/artifacts/current-publication.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { isoWeekOf } from '../../../../../shared/calendar/date-parts.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY } from '../../../../../shared/calendar/tick.ts';
import { RETENTION } from '../../../../../shared/sales-store/retention.ts';
import { catalogSchema } from '../../../../../shared/schemas/catalog.ts';
import {
  daySheetSchema,
  intradaySchema,
  promotionPlanSchema,
} from '../../../../../shared/schemas/day-sheet.ts';
import { historyChunkSchema, MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { readDaySheet } from '../../../../../workers/producer/read-day-sheet.ts';
import { generateSyntheticDataset } from '../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import {
  addAlongCurve,
  intradayCurve,
} from '../../../../../workers/trainer/publish/dataset/intraday-curve.ts';
import { publishDataset } from '../../../../../workers/trainer/publish/publish-dataset.ts';
import { smallDataset } from '../../../../support/datasets/small-dataset.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { MemoryObjects } from '../../../../support/object-store/memory-objects.ts';
import {
  publishedKey,
  publishedNames,
  readPublished,
} from '../../../../support/object-store/read-published.ts';

const LIVE_FROM = '2017-07-20';
const { dataset } = generateSyntheticDataset({ stores: 4, families: 5, firstDate: '2015-12-01' });
const { panel } = dataset;

const AT = new Date('2026-11-23T03:00:00Z');

/** Publishes the dataset; `objects` are those of the publication by name. */
async function publish(liveFrom: string, store = createDatedStore()) {
  const written: string[] = [];
  const counting: ObjectStore = {
    ...store,
    put: async (key, ...args) => {
      const etag = await store.put(key, ...args);
      if (etag !== null) written.push(key);
      return etag;
    },
  };
  const result = await publishDataset(dataset, { liveFrom, now: AT }, counting);
  const names = await publishedNames(store);
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, (await readPublished(store, name)) ?? '');
  const read = (name: string): unknown => JSON.parse(texts.get(name) ?? 'null');
  return { store, objects: texts, result, read, written };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const soldOn = (day: number) =>
  sum(panel.series.map((_, s) => panel.milliUnits[s * panel.dayCount + day] ?? 0));

describe('a published dataset', () => {
  it('has a catalog of its contents, and a pointer that is written last', async () => {
    const { objects, read, result, written } = await publish(LIVE_FROM);
    const catalog = catalogSchema.parse(read(datasetNames.catalog));
    expect(written.slice(-2)).toEqual([expect.stringMatching(/^publications\/2026-/), objectKeys.current]);
    expect(result.objects).toBe(objects.size);
    expect(catalog.live_from).toBe(LIVE_FROM);
    expect(catalog.last_date).toBe('2017-08-15');
    expect(toDayNumber(catalog.first_date)).toBe(panel.firstDay);
    expect(catalog.series).toHaveLength(20);
    expect(catalog.has_tickets).toBe(true);
  });

  it('holds every value of the retained history, exactly', async () => {
    const { read } = await publish(LIVE_FROM);
    const live = toDayNumber(LIVE_FROM) - panel.firstDay;
    const start = live - RETENTION.historyDays;
    dataset.stores.forEach((store, index) => {
      const chunk = historyChunkSchema.parse(read(datasetNames.history(store.store_nbr)));
      expect(chunk.last_date).toBe('2017-07-19');
      expect(toIsoDate(panel.firstDay + start)).toBe(chunk.first_date);
      expect(chunk.series.map(({ family }) => family)).toEqual(dataset.families);
      expect(chunk.tickets).toEqual([
        ...(panel.tickets ?? new Int32Array(0)).subarray(
          index * panel.dayCount + start,
          index * panel.dayCount + live,
        ),
      ]);
      for (const series of chunk.series) {
        const s = panel.series.findIndex(
          ({ storeNbr, family }) => storeNbr === store.store_nbr && family === series.family,
        );
        expect(series.milli_units).toEqual([
          ...panel.milliUnits.subarray(s * panel.dayCount + start, s * panel.dayCount + live),
        ]);
        expect(series.onpromotion).toEqual([
          ...panel.onpromotion.subarray(s * panel.plannedDayCount + start, s * panel.plannedDayCount + live),
        ]);
      }
    });
  });

  it('has a day sheet for each day from a week before it goes live, whose units add up to the panel', async () => {
    const { read, objects } = await publish(LIVE_FROM);
    expect([...objects.keys()].filter((key) => key.startsWith('replay/'))).toHaveLength(7 + 27);
    for (let day = toDayNumber(LIVE_FROM) - 7; day <= toDayNumber('2017-08-15'); day += 1) {
      const sheet = daySheetSchema.parse(read(datasetNames.daySheet(toIsoDate(day))));
      expect(sum(sheet.milli_units)).toBe(soldOn(day - panel.firstDay));
      expect(sum(sheet.milli_units)).toBeGreaterThan(0);
      expect(Object.keys(sheet.curves)).toEqual(Object.keys(sheet.tickets));
      for (const curve of Object.values(sheet.curves)) expect(sum(curve)).toBeCloseTo(1, 9);
    }
  });

  it('leaves a series out of the sheets of days with unknown sales', async () => {
    const objects = new MemoryObjects();
    const { panel: small, ...rest } = smallDataset(60, ['DAIRY', 'EGGS'], ({ milliUnits, tickets }) => {
      milliUnits.fill(MISSING, 60, 60 + 51); // the first 51 days of the EGGS of store 1
      for (const s of [2, 3]) milliUnits[s * 60 + 50] = MISSING;
      tickets[60 + 50] = MISSING;
      milliUnits.fill(MISSING, 3 * 60 + 52, 3 * 60 + 53);
    });
    const liveFrom = toIsoDate(small.firstDay + 50);
    await publishDataset({ ...rest, panel: small }, { liveFrom, now: AT }, objects);
    const readSheet = async (day: number) => {
      const key = datasetNames.daySheet(toIsoDate(small.firstDay + day));
      return readDaySheet((await readPublished(objects, key)) ?? '', key);
    };
    const unknownStore = await readSheet(50);
    expect(unknownStore).toMatchObject({ series: ['1:DAIRY'], milli_units: [2000], onpromotion: [0] });
    expect(Object.keys(unknownStore.curves)).toEqual(['1']);
    expect((await readSheet(51)).series).toEqual(['1:DAIRY', '1:EGGS', '2:DAIRY', '2:EGGS']);
    expect((await readSheet(52)).series).toEqual(['1:DAIRY', '1:EGGS', '2:DAIRY']);
  });

  it('has a promotion plan for each week up to the last planned day', async () => {
    const { read, objects } = await publish(LIVE_FROM);
    const planned = new Map<string, number[]>();
    for (const key of [...objects.keys()].filter((name) => name.startsWith('plan/'))) {
      const plan = promotionPlanSchema.parse(read(key));
      for (const [date, items] of Object.entries(plan.days)) {
        expect(isoWeekOf(toDayNumber(date))).toBe(plan.week);
        planned.set(date, items);
      }
    }
    expect([...planned.keys()].sort()[0]).toBe('2017-07-13');
    expect([...planned.keys()].sort().at(-1)).toBe('2017-08-31');
    expect(planned.size).toBe(7 + 27 + 16);
    for (const [date, items] of planned) {
      const day = toDayNumber(date) - panel.firstDay;
      expect(items).toEqual(panel.series.map((_, s) => panel.onpromotion[s * panel.plannedDayCount + day]));
    }
  });

  it('has the slots of the seven days before, which add up to the days', async () => {
    const { read } = await publish(LIVE_FROM);
    const { days } = intradaySchema.parse(read(datasetNames.intraday));
    expect(Object.keys(days)).toHaveLength(7);
    for (const [date, slots] of Object.entries(days)) {
      expect(sum(slots)).toBe(soldOn(toDayNumber(date) - panel.firstDay));
      expect(sum(slots.slice(0, 60))).toBeGreaterThan(0);
      expect(sum(slots.slice(0, 60))).toBeLessThan(0.02 * sum(slots));
    }
  });

  it('has nothing to replay except a plan if it ends before it goes live', async () => {
    const { objects, read } = await publish('2017-08-16');
    expect([...objects.keys()].filter((key) => key.startsWith('replay/'))).toEqual([]);
    expect(catalogSchema.parse(read(datasetNames.catalog)).last_date).toBe('2017-08-15');
    expect([...objects.keys()].filter((key) => key.startsWith('plan/'))).toHaveLength(4);
  });

  it('writes only what has changed on the next night, and leaves the rest', async () => {
    const { store, result, objects } = await publish(LIVE_FROM);
    expect(result).toMatchObject({ written: result.objects, unchanged: 0 });
    const again = await publish(LIVE_FROM, store);
    expect(again.written).toEqual([expect.stringMatching(/^publications\/2026-/), objectKeys.current]);
    expect(again.result).toMatchObject({ written: 0, unchanged: result.objects });

    const read = await readPointer(store);
    const nextNight = await publish(toIsoDate(toDayNumber(LIVE_FROM) + 1), store);
    // Catalog, slots, the history of four stores, and the plan of the week that is a day shorter.
    expect(nextNight.result.written).toBe(1 + 1 + 4 + 1);
    expect(nextNight.objects.has('replay/2017-07-13.json')).toBe(false);
    const fresh = await publish(toIsoDate(toDayNumber(LIVE_FROM) + 1));
    expect(nextNight.objects).toEqual(fresh.objects);
    // The previous publication is unchanged, for readers that hold it.
    if (!read) throw new Error('nothing was published');
    const before = await readPublication(store, read.pointer.current);
    for (const [name, text] of objects) expect(await (await before.dataset.get(name))?.text()).toBe(text);
  });

  it('rewrites lost objects', async () => {
    const { store, objects } = await publish(LIVE_FROM);
    await store.delete(await publishedKey(store, datasetNames.catalog));
    expect((await publish(LIVE_FROM, store)).objects).toEqual(objects);
  });

  it('writes a copy of an old object that no publication in service names, since pruning may be removing it', async () => {
    const { store } = await publish(LIVE_FROM);
    const contents = await store.list(objectKeys.contents);
    await store.delete(objectKeys.current);
    store.now = new Date(AT.getTime() - 13 * 3_600_000);
    for (const key of contents) await store.put(key, (await (await store.get(key))?.text()) ?? '');
    const { result } = await publish(LIVE_FROM, store);
    expect(result).toMatchObject({ written: result.objects, unchanged: 0 });
    expect(await store.list(objectKeys.contents)).toHaveLength(2 * contents.length);

    await store.delete(objectKeys.current);
    store.now = new Date(AT.getTime() - 11 * 3_600_000);
    for (const key of contents) await store.put(key, (await (await store.get(key))?.text()) ?? '');
    expect((await publish(LIVE_FROM, store)).result).toMatchObject({ written: 0 });
  });

  it('cannot go live outside its days', async () => {
    await expect(publish('2017-08-17')).rejects.toThrow('live_from 2017-08-17 must lie after 2015-12-01');
    await expect(publish('2015-12-01')).rejects.toThrow(RangeError);
  });
});

describe('the intraday curve', () => {
  it('adds up to 1 and is small but never 0 at night, for every type, store and weekday', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        fc.constantFrom('A', 'B', 'C', 'D', 'E', 'unknown'),
        fc.integer({ min: 1, max: 7 }),
        (store_nbr, type, weekday) => {
          const curve = intradayCurve({ store_nbr: String(store_nbr), type }, weekday);
          expect(curve).toHaveLength(24);
          expect(sum(curve)).toBeCloseTo(1, 9);
          expect(Math.min(...curve)).toBeGreaterThan(0);
          expect(sum(curve.slice(0, 6))).toBeLessThan(0.03);
        },
      ),
    ));

  it('splits any total into slots that add up to it', () =>
    fc.assert(
      fc.property(fc.nat(2_000_000_000), fc.integer({ min: 1, max: 99 }), (total, store_nbr) => {
        const slots = new Float64Array(SLOTS_PER_DAY);
        addAlongCurve(total, intradayCurve({ store_nbr: String(store_nbr), type: 'C' }, 2), slots);
        expect(sum(slots)).toBe(total);
        expect(slots.every((share) => share >= 0 && Number.isInteger(share))).toBe(true);
      }),
    ));
});
