import { describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { createClosureCalendar } from '../../../../../../shared/features/closure-calendar.ts';
import { inferClosures } from '../../../../../../workers/trainer/data/closures/infer-closures.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { moveBy } from '../../../../../../workers/trainer/data/import/time-travel.ts';
import { lines, useCsvFiles } from '../../../../../support/datasets/csv-files.ts';
import { BUSY, type Rows, type ShopDay, SLOW, shopsCsv, unitsOn } from './shop.ts';

const csv = useCsvFiles();
const LAST = '2026-11-28';
const open = { sells: BUSY, rows: () => 'all' as const };
const shop = (rows: (day: ShopDay) => Rows, sells: Readonly<Record<string, number>> = BUSY) => ({
  sells,
  rows,
});

/** Dates after `origin` on which a store is expected to be shut, and why. */
function ahead(dataset: Dataset, storeNbr: string, origin = LAST, days = 16): Record<string, string> {
  const day = toDayNumber(origin);
  const calendar = createClosureCalendar(inferClosures(dataset, day, days));
  return Object.fromEntries(
    Array.from({ length: days }, (_, i) => [
      toIsoDate(day + 1 + i),
      calendar.reasonOf(storeNbr, day + 1 + i),
    ]).filter(([, reason]) => reason !== null),
  );
}

describe('a regular day off', () => {
  it.each(['zero', 'none'] as const)(
    'of one store among others is forecast at 0 when its rows are %s',
    async (kind) => {
      const off = shop(({ weekday }) => (weekday === 7 ? kind : 'all'));
      const { dataset, report } = await csv.read({ 'train.csv': shopsCsv({ 1: open, 2: off }, LAST, 180) });
      expect(ahead(dataset, '2')).toEqual({
        '2026-11-29': 'day-off',
        '2026-12-06': 'day-off',
        '2026-12-13': 'day-off',
      });
      expect(ahead(dataset, '1')).toEqual({});
      expect(unitsOn(dataset, '2', 'BREAD', '2026-11-22')).toBe(-1);
      expect(report.notes.join('\n')).toContain('Regular days off, forecast at 0: Sundays (store 2).');
    },
  );

  it('ends once the store has begun to open on it', async () => {
    const opens = shop(({ weekday, left }) => (weekday === 7 && left > 6 ? 'none' : 'all'));
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: opens }, LAST, 180) });
    expect(ahead(dataset, '1')).toEqual({});
    expect(ahead(dataset, '1', '2026-11-21')).toMatchObject({ '2026-11-22': 'day-off' });
  });

  it('is not inferred for a store that sells little, or one that is shut for weeks', async () => {
    const slow = shop(() => 'all', { GIFTS: 0.4 });
    const shut = shop(({ left }) => (left >= 10 && left < 50 ? 'none' : 'all'));
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: slow, 2: shut, 3: open }, LAST, 180) });
    for (let origin = toDayNumber(LAST) - 100; origin <= toDayNumber(LAST); origin++) {
      expect(ahead(dataset, '1', toIsoDate(origin)), toIsoDate(origin)).toEqual({});
      expect(Object.values(ahead(dataset, '2', toIsoDate(origin)))).not.toContain('day-off');
    }
  });

  it('outlasts works of weeks, whose days say nothing about it', async () => {
    const works = shop(({ weekday, left }) => {
      if (left >= 10 && left < 60) return 'none';
      return weekday === 7 ? 'zero' : 'all';
    });
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: works, 2: open }, LAST, 180) });
    expect(unitsOn(dataset, '1', 'BREAD', '2026-09-20')).toBe(-1);
    expect(unitsOn(dataset, '1', 'BREAD', '2026-11-22')).toBe(-1);
    expect(Object.keys(ahead(dataset, '1'))).toEqual(['2026-11-29', '2026-12-06', '2026-12-13']);
  });

  it('of all other stores is one of a store that opened three weeks ago', async () => {
    const off = shop(({ weekday }) => (weekday === 7 ? 'none' : 'all'));
    const opened = (rows: Rows) =>
      shop(({ weekday, left }) => {
        if (left > 20) return 'none';
        return weekday === 7 ? rows : 'all';
      });
    const chainWith = async (store: ReturnType<typeof shop>) => {
      const shops = { 1: store, 2: off, 3: off, 4: off, 5: off };
      return (await csv.read({ 'train.csv': shopsCsv(shops, LAST, 180) })).dataset;
    };
    const dataset = await chainWith(opened('zero'));
    expect(unitsOn(dataset, '1', 'BREAD', '2026-11-22')).toBe(-1);
    expect(Object.keys(ahead(dataset, '1'))).toEqual(['2026-11-29', '2026-12-06', '2026-12-13']);
    expect(ahead(await chainWith(opened('all')), '1')).toEqual({});
  });

  it('of all other stores is not one of a slow store that sometimes sells on it', async () => {
    const off = shop(({ weekday }) => (weekday === 7 ? 'none' : 'all'));
    const slow = shop(() => 'all', { GIFTS: 0.6 });
    const shops = { 1: slow, 2: off, 3: off, 4: off, 5: off };
    const { dataset } = await csv.read({ 'train.csv': shopsCsv(shops, LAST, 180) });
    const sundays = Array.from({ length: 20 }, (_, week) => toIsoDate(toDayNumber('2026-11-22') - 7 * week));
    const units = sundays.map((date) => unitsOn(dataset, '1', 'GIFTS', date));
    expect(units).toContain(0);
    expect(units).not.toContain(-1);
  });

  it('of all other stores is not one of a store that is open on no other', async () => {
    const off = shop(({ weekday }) => (weekday === 7 ? 'none' : 'all'));
    const market = shop(({ weekday }) => (weekday === 7 ? 'all' : 'none'));
    const shops = { 1: market, 2: off, 3: off, 4: off, 5: off, 6: off };
    const { dataset } = await csv.read({ 'train.csv': shopsCsv(shops, LAST, 180) });
    const closed = ahead(dataset, '1');
    expect(Object.keys(closed)).toHaveLength(13);
    expect(closed).not.toHaveProperty('2026-11-29');
  });

  it('may be any of up to six days of the week', async () => {
    const fridays = shop(({ weekday }) => (weekday === 5 ? 'all' : 'none'));
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: fridays, 2: open }, LAST, 180) });
    expect(Object.keys(ahead(dataset, '1'))).toHaveLength(14);
    expect(ahead(dataset, '1')).not.toHaveProperty('2026-12-04');
  });
});

describe('a closure', () => {
  it.each(['zero', 'none'] as const)(
    'is not demand of 0 when its rows are %s, and ends with the first sale',
    async (kind) => {
      const reopened = shop(({ left }) => (left >= 4 && left < 18 ? kind : 'all'));
      const { dataset, report } = await csv.read({
        'train.csv': shopsCsv({ 1: reopened, 2: open }, LAST, 180),
      });
      expect(unitsOn(dataset, '1', 'BREAD', '2026-11-20')).toBe(-1);
      expect(unitsOn(dataset, '1', 'BREAD', '2026-11-26')).toBeGreaterThan(30);
      expect(ahead(dataset, '1')).toEqual({});
      expect(report.notes.join('\n')).toContain('2026-11-11 to 2026-11-24 (store 1)');
    },
  );

  it('of all stores for weeks needs no override if sales recover', async () => {
    const summer = shop(({ date }) => (date >= '2026-08-03' && date <= '2026-08-16' ? 'none' : 'all'));
    const one = await csv.read({ 'train.csv': shopsCsv({ 1: summer }, LAST, 300) });
    expect(one.report.closedDays).toHaveLength(14);
    expect(one.report.skipped.byKind).toEqual({});
    const two = await csv.read({ 'train.csv': shopsCsv({ 1: summer, 2: summer }, LAST, 300) });
    expect(two.report.lostDays).toHaveLength(14);
    expect(two.report.notes.join('\n')).toContain('Sales recover after them');
  });

  it.each([
    ['lasts too long', ({ left }: ShopDay) => (left >= 100 && left < 150 ? 'none' : 'all')],
    ['ends two days before the last', ({ left }: ShopDay) => (left >= 2 && left < 12 ? 'none' : 'all')],
  ] as const)('of all stores needs an override if it %s', async (_, rows) => {
    expect(await csv.failure({ 'train.csv': shopsCsv({ 1: shop(rows) }, LAST, 300) })).toMatchObject({
      kind: 'date-gap',
      fix: expect.stringContaining('closures.csv'),
    });
  });

  it('until further notice is forecast at 0, unlike a few lost days', async () => {
    const silent = (days: number) => shop(({ left }) => (left < days ? 'none' : 'all'));
    const shops = { 1: silent(30), 2: silent(3), 3: silent(13), 4: open };
    const { dataset, report } = await csv.read({ 'train.csv': shopsCsv(shops, LAST, 180) });
    expect(Object.values(ahead(dataset, '1'))).toEqual(new Array(16).fill('closed'));
    expect(ahead(dataset, '2')).toEqual({});
    expect(ahead(dataset, '3')).toEqual({});
    expect(report.notes.join('\n')).toContain(
      'Shut until further notice, forecast at 0: since 2026-10-30 (store 1)',
    );
    expect(report.notes.join('\n')).toContain('2026-11-26 to 2026-11-28 (store 2)');
  });

  it('ends with a later sale', async () => {
    const silent = shop(({ left }) => (left < 30 ? 'none' : 'all'));
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: silent, 2: open }, LAST, 180) });
    const origin = toDayNumber(LAST);
    const calendar = createClosureCalendar(inferClosures(dataset, origin, 400));
    const sales = (milliUnits: number[]) => ({ firstDay: origin + 1, milliUnits });
    expect(calendar.closedFrom('1', origin + 2, 2, sales([-1, -1]))).toEqual(['closed', 'closed', 'closed']);
    expect(calendar.closedFrom('1', origin + 2, 2, sales([-1, 5000]))).toEqual([null, null, null]);
  });

  it('is not inferred from the quiet days of a slow seller', async () => {
    const { dataset } = await csv.read({
      'train.csv': shopsCsv({ 1: shop(() => 'all', { GIFTS: 0.4, JAM: 0.3 }), 2: open }, LAST, 180),
    });
    const known = dataset.panel.milliUnits.filter((value) => value >= 0).length;
    expect(known).toBe(dataset.panel.milliUnits.length);
  });

  it('ends with the first sale of a new store, whether earlier rows are zero or absent', async () => {
    const opened = shop(({ left }) => (left >= 40 ? 'zero' : 'all'));
    const { dataset, report } = await csv.read({ 'train.csv': shopsCsv({ 1: opened, 2: open }, LAST, 180) });
    expect(unitsOn(dataset, '1', 'BREAD', '2026-09-01')).toBe(-1);
    expect(report.notes.join('\n')).toContain('Opened: since 2026-10-20 (store 1).');
  });
});

describe('a yearly holiday', () => {
  const closedOn = (...dates: readonly string[]) =>
    shop(({ date }) => (dates.includes(date) ? 'none' : 'all'));
  const read = async (...dates: readonly string[]) =>
    (await csv.read({ 'train.csv': shopsCsv({ 1: closedOn(...dates), 2: open }, LAST, 800) })).dataset;

  it('is found from the year before, unless the store has been open on the date since', async () => {
    expect(ahead(await read('2024-12-05', '2025-12-05', '2024-12-09'), '1')).toEqual({
      '2026-12-05': 'holiday',
    });
  });

  it('is not inferred from a single closure when the store was open the year before that', async () => {
    expect(ahead(await read('2025-12-05'), '1')).toEqual({});
  });

  it('moves with Easter', async () => {
    // Good Friday is 2024-03-29 (before the first day), 2025-04-18 and 2026-04-03.
    expect(ahead(await read('2025-04-18'), '1', '2026-03-28', 30)).toEqual({ '2026-04-03': 'holiday' });
  });

  it('moves with the holiday calendar of the files', async () => {
    const holidays = ['2025-11-05', '2026-12-02'].map((date) => `${date},Holiday,Local,Quito,Fair,False`);
    await csv.read({
      'holidays_events.csv': `date,type,locale,locale_name,description,transferred\n${holidays.join('\n')}\n`,
      'train.csv': shopsCsv({ 1: closedOn('2025-11-05'), 2: open }, LAST, 800),
    });
    const { dataset } = await csv.read({});
    expect(ahead(dataset, '1')).toEqual({ '2026-12-02': 'holiday' });
  });

  it('includes Christmas after a single year, and keeps its date through time travel', async () => {
    const dataset = moveBy(await read('2025-12-25'), 364);
    expect(ahead(dataset, '1', '2027-11-27', 60)).toEqual({ '2027-12-24': 'holiday' });
  });

  it.each([[1], [3]])(
    'is not inferred from a single closure of all stores, if they are %i',
    async (stores) => {
      const snow = closedOn('2025-12-03', '2025-12-08');
      const shops = Object.fromEntries(Array.from({ length: stores }, (_, i) => [i + 1, snow]));
      const { dataset } = await csv.read({ 'train.csv': shopsCsv(shops, LAST, 500) });
      // The Immaculate Conception is a holiday in many countries.
      expect(ahead(dataset, '1')).toEqual({ '2026-12-08': 'holiday' });
    },
  );

  describe('in a chain', () => {
    const chainOf = async (first: ReturnType<typeof shop>, others: ReturnType<typeof shop>) => {
      // A day without a row of any store counts as lost: store 12 is open on all of them.
      const rest = Array.from({ length: 10 }, (_, i): [string, typeof others] => [`${i + 2}`, others]);
      const shops = { 1: first, ...Object.fromEntries(rest), 12: open };
      return (await csv.read({ 'train.csv': shopsCsv(shops, '2026-03-31', 420) })).dataset;
    };
    const aheadOf = (dataset: Dataset, store: string) => Object.keys(ahead(dataset, store, '2026-03-31', 14));

    it('is not inferred from a single closure of one store', async () => {
      const dates = ['2025-04-08', '2025-04-18'];
      expect(aheadOf(await chainOf(closedOn(...dates), open), '1')).toEqual([]);
      const works = shop(({ date }) => (date >= '2025-04-01' && date <= '2025-05-04' ? 'none' : 'all'));
      const besideWorks = { 1: closedOn(...dates), 2: works, 3: open, 4: open, 5: open, 6: open };
      const { dataset } = await csv.read({ 'train.csv': shopsCsv(besideWorks, '2026-03-31', 420) });
      expect(aheadOf(dataset, '1')).toEqual([]);
      const all = await chainOf(closedOn(...dates), closedOn(...dates));
      expect(aheadOf(all, '1')).toEqual(['2026-04-03', '2026-04-08']);
    });

    it('is not inferred from works over Easter', async () => {
      const works = shop(({ date }) => (date >= '2025-04-07' && date <= '2025-05-04' ? 'none' : 'all'));
      expect(aheadOf(await chainOf(works, open), '1')).toEqual([]);
      // Nor is the feast of the others forgotten there.
      const withWorks = await chainOf(works, closedOn('2025-04-18'));
      expect(aheadOf(withWorks, '1')).toEqual(['2026-04-03']);
    });
  });

  it('is not inferred from works over Easter of an only store', async () => {
    const works = shop(({ date }) => (date >= '2025-04-07' && date <= '2025-05-04' ? 'none' : 'all'));
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: works }, '2026-03-31', 420) });
    expect(ahead(dataset, '1', '2026-03-31', 14)).toEqual({});
  });

  it('is not inferred from works over Christmas, but for Christmas itself', async () => {
    const works = shop(({ date }) => (date >= '2025-12-15' && date <= '2026-01-20' ? 'none' : 'all'));
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: works }, '2026-12-14', 420) });
    expect(ahead(dataset, '1', '2026-12-14')).toEqual({ '2026-12-25': 'holiday' });
  });

  it('or a day off counts on the origin, too, unless the store was open', async () => {
    const onOrigin = async (date: string, shopDays: Parameters<typeof shop>[0]) => {
      const { dataset } = await csv.read({
        'train.csv': shopsCsv({ 1: shop(shopDays), 2: open }, date, 800),
      });
      const day = toDayNumber(date);
      return createClosureCalendar(inferClosures(dataset, day, 16)).reasonOf('1', day);
    };
    const Sunday = '2026-11-29';
    const withoutSundays = ({ weekday }: ShopDay): Rows => (weekday === 7 ? 'none' : 'all');
    expect(await onOrigin(Sunday, withoutSundays)).toBe('day-off');
    expect(await onOrigin(Sunday, (day) => (day.left === 0 ? 'all' : withoutSundays(day)))).toBeNull();
    const yearly = ({ date }: ShopDay): Rows => (date.endsWith('12-05') ? 'none' : 'all');
    expect(await onOrigin('2026-12-05', yearly)).toBe('holiday');
    expect(await onOrigin('2026-12-05', (day) => (day.left === 0 ? 'all' : yearly(day)))).toBeNull();
    // Lost, for all that is known.
    expect(await onOrigin('2026-12-05', ({ left }) => (left === 0 ? 'none' : 'all'))).toBeNull();
  });

  it('does not depend on days after the origin', async () => {
    const dataset = await read('2024-12-05', '2025-12-05');
    expect(ahead(dataset, '1', '2024-12-01')).toEqual({});
  });
});

describe('closures.csv', () => {
  const train = shopsCsv({ 1: open, 2: shop(({ weekday }) => (weekday === 7 ? 'none' : 'all')) }, LAST, 180);

  it('states past and planned closures, and days on which a store is open', async () => {
    const { dataset } = await csv.read({
      'train.csv': train,
      'closures.csv':
        'store,from,to,reason\n1,2026-10-01,2026-10-03,works\n1,2026-12-01,2026-12-02,\n1,2026-12-10,,sold\n' +
        '2,2026-12-06,2026-12-06,open\n',
    });
    expect(unitsOn(dataset, '1', 'BREAD', '2026-10-02')).toBe(-1);
    expect(ahead(dataset, '1')).toEqual({
      '2026-12-01': 'declared',
      '2026-12-02': 'declared',
      '2026-12-10': 'sold',
      '2026-12-11': 'sold',
      '2026-12-12': 'sold',
      '2026-12-13': 'sold',
      '2026-12-14': 'sold',
    });
    expect(ahead(dataset, '2')).not.toHaveProperty('2026-12-06');
    expect(Object.keys(ahead(moveBy(dataset, 7), '1', '2026-12-05'))[0]).toBe('2026-12-08');
  });

  it.each([
    ['3,2026-12-01,,', 'unknown-store', 'store'],
    ['1,2026-12-32,,', 'bad-date', 'from'],
    ['1,2026-12-05,2026-12-01,', 'bad-date', 'to'],
    ['1,2026-12-05,tomorrow,', 'bad-date', 'to'],
  ])('is refused with %s: field, value and fix', async (row, kind, column) => {
    const error = await csv.failure({ 'train.csv': train, 'closures.csv': `store,from,to,reason\n${row}\n` });
    expect(error).toMatchObject({ kind, column, file: 'closures.csv', line: 2 });
  });
});

describe('till exports', () => {
  it.each([SLOW, { JAM: 0.6 }])(
    'are recognised, and their missing rows filled with zeros: %j',
    async (sells) => {
      const full = await csv.read({ 'train.csv': shopsCsv({ 1: shop(() => 'all', sells) }, LAST, 180) });
      const till = await csv.read({ 'train.csv': shopsCsv({ 1: shop(() => 'sold', sells) }, LAST, 180) });
      const { dayCount } = till.dataset.panel;
      const tail = (dataset: Dataset) =>
        dataset.panel.series.map((_, s) =>
          dataset.panel.milliUnits.slice(
            (s + 1) * dataset.panel.dayCount - dayCount + 1,
            (s + 1) * dataset.panel.dayCount,
          ),
        );
      expect(tail(till.dataset)).toEqual(tail(full.dataset));
      expect(till.report.notes.join('\n')).toMatch(
        /All stores have rows only for what was sold.*--missing unknown/,
      );
    },
  );

  it('are recognised store by store, unless --missing decides', async () => {
    const shops = { 1: shop(() => 'sold', SLOW), 2: shop(() => 'all', SLOW) };
    const files = { 'train.csv': shopsCsv(shops, LAST, 180) };
    const { report } = await csv.read(files);
    expect(report.notes.join('\n')).toMatch(/Stores 1 have rows only for what was sold/);
    expect(report.missingCells).toBe(0);
    expect((await csv.read({}, { missing: 'unknown' })).report.missingCells).toBeGreaterThan(100);
  });

  it('are not inferred when series that always sell lack days', async () => {
    const rows = shopsCsv({ 1: open, 2: open }, LAST, 180).split('\n');
    const lost = rows.filter((row, i) => i === 0 || i % 19 !== 3 || row === '');
    const { report } = await csv.read({ 'train.csv': lost.join('\n') });
    expect(report.missingCells).toBeGreaterThan(20);
    const zero = await csv.read({}, { missing: 'zero' });
    expect(zero.report.missingCells).toBe(0);
  });

  it('leave days without any row of a busy store missing', async () => {
    const lost = shop(({ left }) => (left === 20 ? 'none' : 'sold'), SLOW);
    const { dataset } = await csv.read({ 'train.csv': shopsCsv({ 1: lost, 2: open }, LAST, 180) });
    expect(unitsOn(dataset, '1', 'JAM', '2026-11-08')).toBe(-1);
  });
});

describe('weekly and monthly data', () => {
  it.each([
    ['weekly', 'Friday', ({ weekday }: ShopDay) => weekday === 5],
    ['monthly', 'month', ({ date }: ShopDay) => date.endsWith('-01')],
  ] as const)('are refused: %s', async (kind, word, isDay) => {
    const some = shop((day) => (isDay(day) ? 'all' : 'none'));
    const error = await csv.failure({ 'train.csv': shopsCsv({ 1: some, 2: some }, LAST, 400) });
    expect(error).toMatchObject({ kind: `${kind}-data`, column: 'date' });
    expect(error.message).toMatch(new RegExp(`${kind}.*${word}.*by day`));
  });
});

describe('names', () => {
  const header = 'date,store_nbr,family,sales';

  it('that differ in case or leading zeros are separate, which is said', async () => {
    const days = ['2026-11-01', '2026-11-02', '2026-11-03'];
    const cells = ['1,DAIRY', '01,Dairy', '1,dairy', '0,EGGS', '00,EGGS'];
    const lines = days.flatMap((day) => cells.map((cell) => `${day},${cell},3`));
    const { dataset, report } = await csv.read({ 'train.csv': `${[header, ...lines].join('\n')}\n` });
    expect(dataset.families).toEqual(['DAIRY', 'Dairy', 'EGGS', 'dairy']);
    const look = report.notes.filter((note) => note.includes('separately'));
    expect(look).toEqual([
      'The families "DAIRY" and "Dairy" and "dairy" differ in upper and lower case only and are forecast separately: write them alike if they are one.',
      'The stores "0" and "00" differ in leading zeros only and are forecast separately: write them alike if they are one.',
      'The stores "01" and "1" differ in leading zeros only and are forecast separately: write them alike if they are one.',
    ]);
  });

  it.each([
    ['an invisible space', 'DAI\u200BRY'],
    ['wide letters', 'ＤＡＩＲＹ'],
    ['a letter of another alphabet', 'D\u0410IRY'],
  ])('that look the same but for %s are pointed out', async (_, other) => {
    const { dataset, report } = await csv.read({
      'train.csv': lines(
        'date,store_nbr,family,sales',
        ...['2026-11-26', '2026-11-27', '2026-11-28'].flatMap((date) =>
          ['DAIRY', other, 'DELI'].map((family) => `${date},1,${family},5`),
        ),
      ),
    });
    expect(dataset.families).toHaveLength(3);
    expect(report.notes.filter((note) => note.includes('look the same'))).toEqual([
      `The families "DAIRY" and "${other}" look the same, but are written with other characters, and are forecast ` +
        'separately: write them alike if they are one.',
    ]);
  });

  it('that look the same are one family, and rows of two spellings on one day are added up', async () => {
    const { dataset, report } = await csv.read({
      'train.csv': `${header}\n2026-11-01,1,L\u00e1cteos,1\n2026-11-02,1,La\u0301cteos,2\n2026-11-03,1, L\u00e1cteos ,4\n2026-11-03,1,La\u0301cteos,8\n`,
    });
    expect(dataset.families).toEqual(['L\u00e1cteos']);
    expect([...dataset.panel.milliUnits]).toEqual([1000, 2000, 12_000]);
    expect(report.notes.join('\n')).toMatch(/has 3 spellings.*1 rows of the same day are added up/);
  });

  const dates = Array.from({ length: 30 }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')}`);
  /** BREAD of stores 1 and 2 is called BAKERY from the 21st on. */
  const renamed = dates.flatMap((date, i) =>
    ['1', '2'].flatMap((store) => [
      `${date},${store},${i < 20 ? 'BREAD' : 'BAKERY'},30`,
      `${date},${store},DAIRY,20`,
    ]),
  );
  const renamedTable = `${[header, ...renamed].join('\n')}\n`;

  it('that end where others begin are pointed out, and are one family once that is declared', async () => {
    const unsaid = await csv.read({ 'train.csv': renamedTable });
    expect(unsaid.report.notes.join('\n')).toContain(
      'The family "BREAD" ends in 2 stores around 2026-11-21, where "BAKERY" begins.',
    );
    const declared = await csv.read({
      'train.csv': renamedTable,
      'renames.csv': 'family,renamed_to\nBREAD,BAKERY\n',
    });
    expect(declared.report.notes.join('\n')).not.toContain('begins');
    expect(declared.dataset.families).toEqual(['BAKERY', 'DAIRY']);
    expect([...declared.dataset.panel.milliUnits.subarray(0, 30)]).toEqual(new Array(30).fill(30_000));
  });

  it('are not taken for renamed where a product is new in one store, or one is missing for a day', async () => {
    const rows = dates.flatMap((date, i) => [
      ...(i < 20 ? [`${date},1,BREAD,30`] : []),
      ...(i >= 20 ? [`${date},2,CAKE,30`] : []),
      ...(i < 29 ? [`${date},1,EGGS,9`] : []),
      ...['1', '2'].map((store) => `${date},${store},DAIRY,20`),
    ]);
    const { report } = await csv.read({ 'train.csv': `${[header, ...rows].join('\n')}\n` });
    expect(report.notes.join('\n')).not.toContain('begins');
  });

  it.each([
    ['BREAD,BREAD', 'renamed_to', /one of them/],
    ['BREAD,A\nA,B', 'renamed_to', /one of them/],
    ['BREAD,A\nBREAD,B', 'family', /duplicate row/],
    [',A', 'family', /./],
  ])('of renames that contradict each other are refused: %s', async (rows, column, message) => {
    const error = await csv.failure({
      'train.csv': renamedTable,
      'renames.csv': `family,renamed_to\n${rows}\n`,
    });
    expect(error).toMatchObject({ file: 'renames.csv', column });
    expect(error.message).toMatch(message);
  });

  it('of columns that appear twice are refused', async () => {
    const error = await csv.failure({
      'train.csv': 'date,store_nbr,family,sales, sales\n2026-11-01,1,A,1,2\n',
    });
    expect(error).toMatchObject({ kind: 'duplicate-column', line: 1, column: 'sales' });
  });
});
