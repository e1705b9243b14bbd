import { describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import type { CheckInput } from '../../../../../../workers/trainer/data/checks/data-check.ts';
import { checkMissingDays } from '../../../../../../workers/trainer/data/checks/missing-data.ts';
import { checkBadRows } from '../../../../../../workers/trainer/data/checks/source-files.ts';
import {
  type CsvReport,
  readCsvDirectory,
} from '../../../../../../workers/trainer/data/csv/read-csv-directory.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { type Files, lines, useCsvFiles } from '../../../../../support/datasets/csv-files.ts';

const csv = useCsvFiles();
const { read, failure } = csv;

describe('days without rows', () => {
  const day = (date: string, ...series: readonly string[]) => series.map((name) => `0,${date},${name},5,0`);
  const header = 'id,date,store_nbr,family,sales,onpromotion';

  it('are closures if no series has a row, and missing if another one has', async () => {
    const { dataset, report } = await read({
      'train.csv': lines(
        header,
        ...day('2016-12-23', '1,A'),
        ...day('2016-12-24', '1,A', '1,B'),
        ...day('2016-12-26', '1,A'),
        ...day('2016-12-27', '1,A', '1,B'),
        ...day('2016-12-28', '1,A'),
      ),
    });
    expect([...dataset.panel.milliUnits]).toEqual([
      5000, 5000, -1, 5000, 5000, 5000, -1, 5000, -1, -1, 5000, -1,
    ]);
    expect(report.closedDays).toEqual(['2016-12-25']);
    expect(report.missingCells).toBe(2);
  });

  it('are a gap if there are many, or missing values with --skip-bad-rows', async () => {
    const files = { 'train.csv': lines(header, ...day('2016-12-01', '1,A'), ...day('2016-12-06', '1,A')) };
    const error = await failure(files);
    expect(error).toMatchObject({ kind: 'date-gap', file: 'train.csv', line: 3, column: 'date' });
    expect(error.message).toContain('from 2016-12-02 to 2016-12-05');
    const { dataset, report } = await readCsvDirectory(csv.directory, { skipBadRows: true });
    expect([...dataset.panel.milliUnits]).toEqual([5000, -1, -1, -1, -1, 5000]);
    expect(report.skipped).toMatchObject({ byKind: { 'date-gap': 1 }, count: 0 });
    // A gap is not a row, so it does not count towards the share of bad rows.
    expect(checkBadRows(inputOf(dataset, report))).toMatchObject({ severity: 'info', figures: { gaps: 1 } });
  });

  it('are lost without an explanation: missing, with a note and a warning', async () => {
    const { dataset, report } = await readDays('2016-03-01', 30, (date) =>
      ['2016-03-16', '2016-03-17'].includes(date),
    );
    expect(unitsOn(dataset, '2016-03-16')).toBe(-1);
    expect(report).toMatchObject({ closedDays: [], lostDays: ['2016-03-16', '2016-03-17'] });
    expect(report.notes.join()).toMatch(/2 days have no row at all \(2016-03-16, 2016-03-17\)/);
    expect(checkMissingDays(inputOf(dataset, report))).toMatchObject({
      severity: 'warning',
      figures: { missing_days: 2, longest_run: 2 },
    });
  });

  it.each([
    [
      'a weekday that is always taken off',
      '2016-03-01',
      60,
      (date: string) => new Date(date).getUTCDay() === 0,
      8,
    ],
    ['New Year, without any calendar', '2015-12-01', 60, (date: string) => date === '2016-01-01', 1],
    [
      'movable feasts, without any calendar',
      '2016-03-01',
      60,
      (date: string) => ['2016-03-25', '2016-03-28'].includes(date),
      2,
    ],
    ['the same date in two years', '2015-02-01', 600, (date: string) => date.endsWith('-08-10'), 2],
    ['a leap day, and the days around it', '2016-02-01', 60, (date: string) => date === '2016-02-29', 0],
  ] as const)('are closures on %s', async (_, from, count, isMissing, closures) => {
    const { dataset, report } = await readDays(from, count, isMissing);
    expect(report.closedDays).toHaveLength(closures);
    for (const date of report.closedDays) expect(unitsOn(dataset, date)).toBe(-1);
    expect(report.lostDays.length > 0).toBe(closures === 0);
  });

  it('are closures on a holiday of all stores, and lost on one of some stores, an event or a moved holiday', async () => {
    const holiday = (date: string, type: string, locale: string, name: string, transferred = 'False') =>
      `${date},${type},${locale},${name},X,${transferred}`;
    const files = {
      'stores.csv': 'store_nbr,city,state,type,cluster\n1,Quito,Pichincha,A,3\n2,Manta,Manabi,B,4\n',
      'holidays_events.csv': lines(
        'date,type,locale,locale_name,description,transferred',
        holiday('2016-03-03', 'Holiday', 'National', 'Ecuador'),
        holiday('2016-03-07', 'Holiday', 'Local', 'Quito'),
        holiday('2016-03-10', 'Event', 'National', 'Ecuador'),
        holiday('2016-03-15', 'Holiday', 'National', 'Ecuador', 'True'),
        holiday('2016-03-21', 'Bridge', 'National', 'Ecuador'),
        holiday('2016-03-23', 'Holiday', 'Local', 'Quito'),
        holiday('2016-03-23', 'Holiday', 'Regional', 'Manabi'),
      ),
    };
    const dates = ['03', '07', '10', '15', '21', '23'].map((number) => `2016-03-${number}`);
    const { report } = await readDays('2016-03-01', 30, (date) => dates.includes(date), files);
    expect(report.closedDays).toEqual(['2016-03-03', '2016-03-21', '2016-03-23']);
    expect(report.lostDays).toEqual(['2016-03-07', '2016-03-10', '2016-03-15']);
  });

  it('are closures however many there are in a row, if each is a holiday', async () => {
    const dates = ['2016-02-08', '2016-02-09', '2016-02-10', '2016-02-11', '2016-02-12'];
    const files = {
      'holidays_events.csv': lines(
        'date,type,locale,locale_name,description,transferred',
        ...dates.map((date) => `${date},Holiday,National,X,New Year,False`),
      ),
    };
    const { report } = await readDays('2016-02-01', 30, (date) => dates.includes(date), files);
    expect(report.closedDays).toEqual(dates);
  });

  it.each([
    ['ahead', '9016', 122],
    ['back', '1916', 122],
  ])('allocate no memory: a mistyped year far %s is refused with its line', async (_, year, line) => {
    const rows = daysFrom('2016-03-01', 120, () => false);
    const wrong = rows.at(-1)?.replace('2016', year) ?? '';
    const error = await failure({ 'train.csv': lines(header, ...rows, wrong) });
    expect(error).toMatchObject({ kind: 'date-gap', line: line + 120, column: 'date' });
    expect(error.message).toMatch(new RegExp(`${year}-06-28.*Correct the year`));
    await expect(readCsvDirectory(csv.directory, { skipBadRows: true })).rejects.toThrow('Correct the year');
  });

  it('of a plan allocate no memory either', async () => {
    const files = {
      'train.csv': lines(header, ...daysFrom('2016-03-01', 3, () => false)),
      'test.csv': lines('date,store_nbr,family,onpromotion', '2016-03-04,1,A,1', '9016-03-05,1,A,1'),
    };
    expect(await failure(files)).toMatchObject({ kind: 'bad-date', file: 'test.csv', line: 3 });
    const { dataset } = await readCsvDirectory(csv.directory, { skipBadRows: true });
    expect(dataset.panel.plannedDayCount).toBe(4);
  });

  /** Two stores sell 5 units of A on every day but some. */
  function daysFrom(from: string, count: number, isMissing: (date: string) => boolean): string[] {
    return Array.from({ length: count }, (_, index) => toIsoDate(toDayNumber(from) + index))
      .filter((date) => !isMissing(date))
      .flatMap((date) => day(date, '1,A', '2,A'));
  }

  function readDays(from: string, count: number, isMissing: (date: string) => boolean, files: Files = {}) {
    return read({ ...files, 'train.csv': lines(header, ...daysFrom(from, count, isMissing)) });
  }

  function unitsOn({ panel }: Dataset, date: string): number | undefined {
    return panel.milliUnits[toDayNumber(date) - panel.firstDay];
  }

  function inputOf(history: Dataset, files: CsvReport): CheckInput {
    return {
      history,
      files,
      live: null,
      isReplayed: false,
      unusedArchive: [],
      previous: null,
      today: history.panel.firstDay + history.panel.dayCount,
    };
  }
});
