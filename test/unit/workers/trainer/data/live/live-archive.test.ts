import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import { createBusinessClock } from '../../../../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../../../../../shared/sales-store/entry-id.ts';
import { loadTrainingData } from '../../../../../../workers/trainer/data/import/load-training-data.ts';
import { archiveLiveDays } from '../../../../../../workers/trainer/data/live/live-archive.ts';
import {
  type LiveSource,
  readLiveSales,
} from '../../../../../../workers/trainer/data/live/read-live-sales.ts';
import { writeRetailer } from '../../../../../support/datasets/retailer-files.ts';
import { MemoryObjects } from '../../../../../support/object-store/memory-objects.ts';

const clock = createBusinessClock('America/Guayaquil');
const OPENED = '2026-11-03';
const DAYS = 20;
const TODAY = toIsoDate(toDayNumber(OPENED) + DAYS);
const dateOf = (day: number) => toIsoDate(toDayNumber(OPENED) + day);

/** A feature store's sales by date and series, from which a test may remove rows; it may also be closed. */
let buckets: Map<string, Map<string, number>>;
let openedOn: string | null;
let objects: MemoryObjects;

const source: LiveSource = {
  clock,
  store: {
    status: async () => ({
      liveFrom: openedOn,
      watermark: entryIdAt(clock.startOf(toDayNumber(TODAY))),
      partition: null,
      deadLetters: 0,
      identity: null,
      newestEntry: null,
      waitingEntries: 0,
      waitingRows: 0,
      oldestWaiting: null,
      storeCount: 1,
      importedStores: [],
      compactedThrough: null,
    }),
    readBucket: async (kind, date) => ({
      kind,
      period: date,
      watermark: null,
      fields: kind === 'sales_daily' ? Object.fromEntries(buckets.get(date) ?? []) : {},
    }),
    readDeadLetters: async () => [],
  },
};

beforeEach(() => {
  objects = new MemoryObjects();
  openedOn = OPENED;
  buckets = new Map(
    Array.from({ length: DAYS }, (_, day) => [
      dateOf(day),
      new Map([
        ['7:BREAD', 1000 + day],
        ['7:TEA', 50],
      ]),
    ]),
  );
});

/** One night: the days are read, then archived. */
async function night() {
  const live = await readLiveSales(source, objects);
  if (live) await archiveLiveDays(objects, live);
  return live;
}

const kept = async (day: number): Promise<unknown> => {
  const text = await (await objects.get(objectKeys.liveDay(OPENED, dateOf(day))))?.text();
  return text === undefined ? null : JSON.parse(text).sales;
};

describe('an archived live day', () => {
  it.each([2, DAYS - 2])(
    'is used in training and stays archived after the store has lost its bucket (day %i)',
    async (day) => {
      await night();
      buckets.delete(dateOf(day));
      const live = await night();
      expect(live?.days[day]?.sales).toEqual(
        new Map([
          ['7:BREAD', 1000 + day],
          ['7:TEA', 50],
        ]),
      );
      expect(live?.restored).toEqual([dateOf(day)]);
      expect(await kept(day)).toEqual({ '7:BREAD': 1000 + day, '7:TEA': 50 });
    },
  );

  it('restores missing rows and takes in late ones', async () => {
    await night();
    buckets.set(
      dateOf(DAYS - 3),
      new Map([
        ['7:TEA', 60],
        ['8:TEA', 5],
      ]),
    );
    const live = await night();
    const rows = { '7:BREAD': 1000 + DAYS - 3, '7:TEA': 60, '8:TEA': 5 };
    expect(live?.days[DAYS - 3]?.sales).toEqual(new Map(Object.entries(rows)));
    expect(await kept(DAYS - 3)).toEqual(rows);
  });

  it('may be corrected within the week of the stream; after that, the larger values win', async () => {
    await night();
    for (const day of [2, DAYS - 2]) buckets.get(dateOf(day))?.set('7:TEA', 40);
    const live = await night();
    expect(live?.days[DAYS - 2]?.sales.get('7:TEA')).toBe(40);
    expect(live?.days[2]?.sales.get('7:TEA')).toBe(50);
    expect(live?.restored).toEqual([dateOf(2)]);
  });

  it('is not rewritten while nothing changes', async () => {
    await night();
    const etags = async () =>
      (await objects.listEntries(objectKeys.live)).map(({ key, etag }) => `${key} ${etag}`);
    const before = await etags();
    const live = await night();
    expect(live?.restored).toEqual([]);
    expect(before).toHaveLength(DAYS);
    expect(await etags()).toEqual(before);
  });
});

describe('archived live days of a store that is gone', () => {
  const load = async (request: { days: number; live?: LiveSource | null; timeTravel?: boolean }) => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    await writeRetailer(directory, {
      stores: [7],
      families: ['BREAD', 'TEA'],
      firstDate: '2026-07-01',
      days: request.days,
    });
    return loadTrainingData({
      flags: { dataset: directory, timeTravel: request.timeTravel ?? false },
      today: TODAY,
      objects,
      live: request.live === undefined ? source : request.live,
      onProgress: () => undefined,
    });
  };
  /** Days of the files up to the day before the first live one. */
  const BEFORE = toDayNumber(OPENED) - toDayNumber('2026-07-01');

  beforeEach(async () => {
    await night();
  });

  it.each([
    ['was emptied', null, undefined],
    ['is not named', OPENED, null],
    ['was opened again', dateOf(DAYS), undefined],
  ] as const)('are reported as unused if the store %s', async (_, opened, live) => {
    openedOn = opened;
    const { unusedArchive } = await load({ days: BEFORE, ...(live === null && { live }) });
    expect(unusedArchive).toEqual([
      { opened: OPENED, dates: Array.from({ length: DAYS }, (_, day) => dateOf(day)) },
    ]);
  });

  it('are not reported if the store has them, or the files under the same dates', async () => {
    expect((await load({ days: BEFORE })).unusedArchive).toEqual([]);
    openedOn = null;
    expect((await load({ days: BEFORE + DAYS })).unusedArchive).toEqual([]);
    const some = (await load({ days: BEFORE + DAYS - 2 })).unusedArchive;
    expect(some[0]?.dates).toEqual([dateOf(DAYS - 2), dateOf(DAYS - 1)]);
    // Moved in time, a date of the files is another day.
    expect((await load({ days: BEFORE + DAYS, timeTravel: true })).unusedArchive[0]?.dates).toHaveLength(
      DAYS,
    );
  });
});
