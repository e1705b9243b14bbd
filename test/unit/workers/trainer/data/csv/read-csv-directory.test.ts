import { access, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../../../../../workers/local/command-line/start-options.ts';
import { markClosedDays } from '../../../../../../workers/trainer/data/closures/infer-closures.ts';
import { readCsvDirectory } from '../../../../../../workers/trainer/data/csv/read-csv-directory.ts';
import { addDataOptions } from '../../../../../../workers/trainer/data/import/data-flags.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { writeCsvDirectory } from '../../../../../../workers/trainer/data/synthetic/write-csv.ts';
import { lines, useCsvFiles } from '../../../../../support/datasets/csv-files.ts';

const TRAIN = [
  'id,date,store_nbr,family,sales,onpromotion',
  '0,2017-01-01,2,DAIRY,1.5,0',
  '1,2017-01-01,1,"LIQUOR,WINE,BEER",3,4',
  '2,2017-01-02,2,DAIRY,2.0,1',
  '3,2017-01-02,1,"LIQUOR,WINE,BEER",0,0',
  '4,2017-01-03,2,DAIRY,12.3456,2',
  '5,2017-01-03,1,"LIQUOR,WINE,BEER",7,0',
];
const STORES =
  'store_nbr,city,state,type,cluster\n1,Quito,Pichincha,A,3\n2,Manta,Manabi,B,4\n3,Loja,Loja,C,5\n';

/** The train file with one line replaced or removed. */
const trainWith = (line: number, ...replacement: readonly string[]) =>
  lines(...TRAIN.toSpliced(line - 1, 1, ...replacement));

const csv = useCsvFiles();
const { read, failure } = csv;

describe('a directory of CSV files', () => {
  it('becomes a panel sorted by store and family, in thousandths', async () => {
    const { dataset, report } = await read({ 'train.csv': lines(...TRAIN), 'stores.csv': STORES });
    expect(dataset.name).toBe(basename(csv.directory));
    expect(dataset.panel.series).toEqual([
      { storeNbr: '1', family: 'LIQUOR,WINE,BEER' },
      { storeNbr: '2', family: 'DAIRY' },
    ]);
    expect([...dataset.panel.milliUnits]).toEqual([3000, 0, 7000, 1500, 2000, 12346]);
    expect([...dataset.panel.onpromotion]).toEqual([4, 0, 0, 0, 1, 2]);
    expect(dataset.panel.tickets).toBeNull();
    expect(dataset.stores.map(({ store_nbr, city }) => [store_nbr, city])).toEqual([
      ['1', 'Quito'],
      ['2', 'Manta'],
    ]);
    expect(report.rows).toBe(6);
    expect(report.skipped.count).toBe(0);
  });

  it('may have columns in any order, a byte-order mark, carriage returns, blank lines and no final line break', async () => {
    const plain = await read({ 'train.csv': lines(...TRAIN) });
    const shuffled = TRAIN.map((row, index) => {
      const [id, date, store, ...rest] = row.split(',');
      const [promotion, sales] = rest.toReversed();
      const family = rest.slice(0, -2).join(',');
      return [sales, store, index === 0 ? 'note' : '"x,""y"', promotion, id, family, date].join(',');
    });
    const odd = await read({ 'train.csv': `\uFEFF${shuffled.join('\r\n\r\n')}` });
    expect(odd.dataset.panel).toEqual(plain.dataset.panel);
  });

  it('may be gzipped, with progress in bytes of the compressed files', async () => {
    const plain = await read({ 'train.csv': lines(...TRAIN) });
    await rm(join(csv.directory, 'train.csv'));
    const calls: [number, number][] = [];
    const gzipped = gzipSync(lines(...TRAIN));
    const { dataset } = await read(
      { 'train.csv.gz': gzipped },
      { onProgress: (done, total) => calls.push([done, total]) },
    );
    expect(dataset.panel).toEqual(plain.dataset.panel);
    expect(calls.at(-1)).toEqual([gzipped.length, gzipped.length]);
  });

  it('may be gzipped in several members', async () => {
    const [head, tail] = [lines(...TRAIN.slice(0, 3)), lines(...TRAIN.slice(3))];
    const { report } = await read({ 'train.csv.gz': Buffer.concat([gzipSync(head), gzipSync(tail)]) });
    expect(report.rows).toBe(6);
  });

  it('contributes oil, holidays, tickets and the plan if present', async () => {
    const { dataset } = await read({
      'train.csv': lines(...TRAIN),
      'stores.csv': STORES,
      'oil.csv': 'date,dcoilwtico\n2017-01-02,\n2017-01-03,52.36\n',
      'holidays_events.csv':
        'date,type,locale,locale_name,description,transferred\n2017-01-02,Transfer,National,Ecuador,"Traslado, Ano",False\n',
      'transactions.csv': 'date,store_nbr,transactions\n2017-01-02,2,700\n2017-01-02,3,99\n2018-01-01,2,5\n',
      'test.csv': 'id,date,store_nbr,family,onpromotion\n9,2017-01-04,2,DAIRY,8\n10,2017-01-05,1,DAIRY,5\n',
    });
    expect(dataset.oil).toEqual([{ date: '2017-01-03', price: 52.36 }]);
    expect(dataset.holidays[0]?.description).toBe('Traslado, Ano');
    expect([...(dataset.panel.tickets ?? [])]).toEqual([-1, -1, -1, -1, 700, -1]);
    expect(dataset.panel.plannedDayCount).toBe(5);
    expect([...dataset.panel.onpromotion]).toEqual([4, 0, 0, 0, 0, 0, 1, 2, 8, 0]);
  });

  it('ignores a plan that does not start on the day after the sales, with a note', async () => {
    const { dataset, report } = await read({
      'train.csv': lines(...TRAIN),
      'test.csv': 'id,date,store_nbr,family,onpromotion\n9,2017-02-04,2,DAIRY,8\n',
    });
    expect(dataset.panel.plannedDayCount).toBe(3);
    expect(report.notes.join(' ')).toContain('test.csv does not start on the day after the last sales');
  });

  it('has stores without attributes if there is no stores.csv', async () => {
    const { dataset } = await read({ 'train.csv': lines(...TRAIN) });
    expect(dataset.stores[1]).toEqual({
      store_nbr: '2',
      city: 'unknown',
      state: 'unknown',
      type: 'unknown',
      cluster: 0,
    });
  });

  it('is read from the only train file, or from the given one', async () => {
    expect((await read({ 'train_small.csv': lines(...TRAIN) })).report.rows).toBe(6);
    await writeFile(join(csv.directory, 'train_more.csv'), lines(...TRAIN.slice(0, 3)));
    const refusal = await readCsvDirectory(csv.directory).catch((error: unknown) => String(error));
    expect(refusal).toContain('has several: train_more.csv, train_small.csv. Name one of them with --train');
    // The fix must be an option of every command that reads a directory.
    const named = /--[a-z-]+/.exec(String(refusal))?.[0] ?? '';
    expect(addDataOptions(new Command()).options.map(({ long }) => long)).toContain(named);
    expect(parseStartOptions([named, 'train_more.csv'], csv.directory).trainFile).toBe('train_more.csv');
    expect((await readCsvDirectory(csv.directory, { trainFile: 'train_more.csv' })).report.rows).toBe(2);
  });

  it('may lack promotions: nothing is on promotion then, with a note', async () => {
    const without = TRAIN.map((row) => row.replace(/,[^,]*$/, ''));
    const { dataset, report } = await read({
      'train.csv': lines(...without),
      'test.csv': 'date,store_nbr,family\n2017-01-04,2,DAIRY\n',
    });
    expect([...dataset.panel.milliUnits]).toEqual([3000, 0, 7000, 1500, 2000, 12346]);
    expect([...dataset.panel.onpromotion]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(report.notes.join()).toMatch(/train.csv has no column "onpromotion".*test.csv has no column/);
  });

  it('round-trips the synthetic dataset', async () => {
    const { dataset: synthetic } = generateSyntheticDataset({
      stores: 5,
      families: 6,
      firstDate: '2015-12-01',
      lastDate: '2017-01-31',
    });
    await writeCsvDirectory(synthetic, csv.directory);
    const { dataset, report } = await readCsvDirectory(csv.directory);
    expect(dataset.panel).toEqual(markClosedDays(synthetic).panel);
    expect(dataset.stores).toEqual(synthetic.stores);
    expect(dataset.holidays).toEqual(synthetic.holidays);
    expect(dataset.oil).toEqual(synthetic.oil);
    expect(report.closedDays).toEqual(['2015-12-25', '2016-12-25']);
  });
});

describe('bad input', () => {
  const ROW = '2,2017-01-02,2,DAIRY,2.0,1';

  it.each([
    ['negative sales', ROW.replace('2.0', '-2.0'), 'negative-sales', 'sales'],
    ['sales that are not a number', ROW.replace('2.0', 'two'), 'bad-number', 'sales'],
    ['a number with something behind it', ROW.replace('2.0', '2.0kg'), 'bad-number', 'sales'],
    ['an empty number', ROW.replace('2.0', ''), 'bad-number', 'sales'],
    ['a hexadecimal number', ROW.replace('2.0', '0x10'), 'bad-number', 'sales'],
    ['sales beyond any scale', ROW.replace('2.0', '1e12'), 'bad-number', 'sales'],
    ['NaN', ROW.replace('2.0', 'NaN'), 'non-finite-sales', 'sales'],
    ['infinity', ROW.replace('2.0', '-inf'), 'non-finite-sales', 'sales'],
    ['a date that does not exist', ROW.replace('01-02', '02-30'), 'bad-date', 'date'],
    ['a date in another format', ROW.replace('2017-01-02', '02/01/2017'), 'bad-date', 'date'],
    ['an unknown store', ROW.replace(',2,D', ',9,D'), 'unknown-store', 'store_nbr'],
    ['an empty store', ROW.replace(',2,D', ', ,D'), 'bad-value', 'store_nbr'],
    ['a store with a control character', ROW.replace(',2,D', ',2\u0007,D'), 'bad-value', 'store_nbr'],
    ['a store that is too long', ROW.replace(',2,D', `,${'2'.repeat(65)},D`), 'bad-value', 'store_nbr'],
    ['a store with a leading zero', ROW.replace(',2,D', ',02,D'), 'unknown-store', 'store_nbr'],
    ['a family that is too long', ROW.replace('DAIRY', 'D'.repeat(129)), 'bad-value', 'family'],
    ['half a promoted item', ROW.replace(/1$/, '0.5'), 'bad-number', 'onpromotion'],
    ['too many promoted items', ROW.replace(/1$/, '70000'), 'bad-number', 'onpromotion'],
    ['an empty family', ROW.replace('DAIRY', ''), 'bad-value', 'family'],
    ['a row that is cut off', '2,2017-01-02,2,DAIRY', 'field-count', 'sales'],
    ['a comma without quotes', ROW.replace('DAIRY', 'DAI,RY'), 'field-count', 'after onpromotion'],
    ['the key of an earlier row', '2,2017-01-01,2,DAIRY,2.0,1', 'duplicate-key', 'date'],
  ])(
    'with %s is reported with file, line, column and fix, and left out on request',
    async (_, row, kind, column) => {
      const files = { 'train.csv': trainWith(4, row), 'stores.csv': STORES };
      const error = await failure(files);
      expect(error).toMatchObject({ kind, column, file: 'train.csv', line: 4 });
      expect(error.message).toContain(`train.csv, line 4, column "${column}": `);
      expect(error.fix).toMatch(/[a-z]{4}/);

      const { dataset, report } = await readCsvDirectory(csv.directory, { skipBadRows: true });
      expect(report.skipped.count).toBe(1);
      expect(report.skipped.byKind).toEqual({ [kind]: 1 });
      expect(report.skipped.examples).toEqual([error.message]);
      expect([...dataset.panel.milliUnits]).toEqual([3000, 0, 7000, 1500, -1, 12346]);
    },
  );

  it('with garbage after the last row is reported at that line', async () => {
    const error = await failure({ 'train.csv': `${lines(...TRAIN)}-- 6 rows exported --\n` });
    expect(error).toMatchObject({ kind: 'field-count', file: 'train.csv', line: 8, column: 'date' });
  });

  it('without a column is reported with the columns present', async () => {
    const error = await failure({ 'train.csv': lines(...TRAIN).replace('sales', 'units') });
    expect(error).toMatchObject({ kind: 'missing-column', file: 'train.csv', line: 1, column: 'sales' });
    expect(error.message).toContain('"units"');
  });

  it('with a stray quote is refused even when bad rows are skipped', async () => {
    const files = { 'train.csv': trainWith(4, '2,2017-01-02,2,"DAIRY,2.0,1') };
    expect(await failure(files)).toMatchObject({ kind: 'broken-quote', file: 'train.csv', line: 4 });
    await expect(readCsvDirectory(csv.directory, { skipBadRows: true })).rejects.toThrow(
      'a quote is opened or closed',
    );
  });

  it.each([
    ['Latin-1', Buffer.from(trainWith(5, '3,2017-01-02,1,Käse,0,0'), 'latin1'), 5, 'Käse'],
    ['Latin-1, in the last line', Buffer.from(`${trainWith(8)}6,2017-01-04,1,Käse,0,0`, 'latin1'), 8, 'Käse'],
    ['UTF-16', Buffer.from(`\uFEFF${lines(...TRAIN)}`, 'utf16le'), 1, 'ÿþ'],
  ])(
    'in %s is refused with its line, because two families might become one',
    async (_, bytes, line, text) => {
      const error = await failure({ 'train.csv': bytes });
      expect(error).toMatchObject({ kind: 'bad-encoding', file: 'train.csv', line });
      expect(error.message).toMatch(new RegExp(`not UTF-8 from ".*${text}.*iconv`, 's'));
      await expect(readCsvDirectory(csv.directory, { skipBadRows: true })).rejects.toThrow('not UTF-8');
      await rm(join(csv.directory, 'train.csv'));
      expect(await failure({ 'train.csv.gz': gzipSync(bytes) })).toMatchObject({
        kind: 'bad-encoding',
        line,
      });
    },
  );

  it('may have any letters, wherever chunk boundaries fall', async () => {
    const families = Array.from({ length: 40 }, (_, i) => `Käse ${'ß'.repeat(i % 7)}日本 🍵${i}`);
    const rows = Array.from({ length: 300 }, (_, day) =>
      new Date(Date.UTC(2016, 2, 1 + day)).toISOString().slice(0, 10),
    ).flatMap((date) => families.map((family) => `${date},1,${family},1,0`));
    const { dataset } = await read({
      'train.csv': lines('date,store_nbr,family,sales,onpromotion', ...rows),
    });
    expect(new Set(dataset.families)).toEqual(new Set(families));
  });

  it('is refused if its compressed data is truncated', async () => {
    const gzipped = gzipSync(lines(...TRAIN));
    expect(await failure({ 'train.csv.gz': gzipped.subarray(0, -12) })).toMatchObject({
      kind: 'broken-gzip',
      file: 'train.csv.gz',
    });
  });

  it('is refused if it is not compressed despite its name', async () => {
    expect(await failure({ 'train.csv.gz': lines(...TRAIN) })).toMatchObject({
      kind: 'broken-gzip',
      line: 1,
    });
  });

  it('is refused with garbage after its compressed data', async () => {
    const file = Buffer.concat([gzipSync(lines(...TRAIN)), Buffer.from('<html>error</html>')]);
    expect(await failure({ 'train.csv.gz': file })).toMatchObject({
      kind: 'trailing-rubbish',
      file: 'train.csv.gz',
    });
  });

  it('is refused without any row, line or file', async () => {
    expect(await failure({ 'train.csv': lines(TRAIN[0] ?? '') })).toMatchObject({
      kind: 'empty-file',
      line: 2,
    });
    expect(await failure({ 'train.csv': '' })).toMatchObject({ kind: 'empty-file', line: 1 });
    await rm(join(csv.directory, 'train.csv'));
    expect(await failure({})).toMatchObject({ kind: 'missing-file', file: 'train.csv' });
    await expect(readCsvDirectory(join(csv.directory, 'no'))).rejects.toThrow('there is no such directory');
  });

  it.each([
    ['stores.csv', `${STORES}3,Loja,Loja,C,5\n`, 'duplicate-key', 5, 'store_nbr'],
    ['stores.csv', STORES.replace('A,3', 'A,x'), 'bad-number', 2, 'cluster'],
    ['oil.csv', 'date,dcoilwtico\n2017-01-02,50\n2017-01-02,51\n', 'duplicate-key', 3, 'date'],
    ['oil.csv', 'date,dcoilwtico\n2017-01-02,-3\n', 'bad-number', 2, 'dcoilwtico'],
    ['transactions.csv', 'date,store_nbr,transactions\n2017-01-02,7,5\n', 'unknown-store', 2, 'store_nbr'],
    [
      'transactions.csv',
      'date,store_nbr,transactions\n2017-01-02,1,5\n2017-01-02,1,6\n',
      'duplicate-key',
      3,
      'store_nbr',
    ],
    ['transactions.csv', 'date,store_nbr,transactions\n2017-01-02,1,-5\n', 'bad-number', 2, 'transactions'],
    ['test.csv', 'date,store_nbr,family,onpromotion\n2017-01-04,2,DAIRY,x\n', 'bad-number', 2, 'onpromotion'],
    [
      'test.csv',
      'date,store_nbr,family,onpromotion\n2017-01-04,2,DAIRY,1\n2017-01-04,2,DAIRY,1\n',
      'duplicate-key',
      3,
      'date',
    ],
    [
      'holidays_events.csv',
      'date,type,locale,locale_name,description,transferred\n2017-01-02,Party,National,E,X,False\n',
      'bad-value',
      2,
      'type',
    ],
    [
      'holidays_events.csv',
      'date,type,locale,locale_name,description,transferred\n2017-01-02,Event,National,E,X,maybe\n',
      'bad-value',
      2,
      'transferred',
    ],
  ] as const)('in %s is reported as well (%#)', async (file, content, kind, line, column) => {
    const error = await failure({ 'train.csv': lines(...TRAIN), 'stores.csv': STORES, [file]: content });
    expect(error).toMatchObject({ kind, file, line, column });
    const { report } = await readCsvDirectory(csv.directory, { skipBadRows: true });
    expect(report.skipped.byKind[kind]).toBe(1);
  });
});

const FAVORITA = fileURLToPath(new URL('../../../../../../../shared/data/favorita', import.meta.url));
const hasFavorita = await access(FAVORITA).then(
  () => true,
  () => false,
);

describe.skipIf(!hasFavorita)(
  'the real files (skipped where ../shared/data/favorita is absent)',
  { timeout: 120_000 },
  () => {
    it('are read without a note: 19 series over the whole span', async () => {
      const { dataset, report } = await readCsvDirectory(FAVORITA, { trainFile: 'train_19_series.csv.gz' });
      expect(report).toMatchObject({ rows: 31_996, missingCells: 0, lostDays: [] });
      expect(report.skipped.count).toBe(0);
      expect(report.closedDays).toEqual(['2013-12-25', '2014-12-25', '2015-12-25', '2016-12-25']);
      expect(dataset.panel).toMatchObject({ dayCount: 1688, plannedDayCount: 1704 });
      expect(dataset.panel.series).toHaveLength(19);
    });

    it('are read without a note: every series of 2013', async () => {
      const { dataset, report } = await readCsvDirectory(FAVORITA, { trainFile: 'train_2013.csv.gz' });
      expect(report).toMatchObject({ rows: 440_154, missingCells: 0, lostDays: [] });
      expect(dataset.panel.series).toHaveLength(1782);
      expect(dataset.stores).toHaveLength(54);
    });
  },
);
