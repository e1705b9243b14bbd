import { describeBadFamily, MAX_FAMILY_LENGTH, readFamily } from '../../../../shared/schemas/series.ts';
import { createDateParser, invalid, parseCount, parseNumber } from './fields.ts';
import { notInStores, parseStoreNbr } from './read-store-tables.ts';
import { type RowProblem, readTable, type TableRequest, type TableRow } from './read-table.ts';
import type { Renames } from './renames.ts';

const MAX_PROMOTED_ITEMS = 65_535;
/** Units are kept in thousandths, as 32-bit integers. */
const MAX_DAILY_UNITS = 2_000_000;

/** The rows of train.csv or test.csv as columns, in the order of the file. */
export interface SalesRows {
  /** By series number. Spellings and earlier names of one family are separate series here, of the same family. */
  readonly series: readonly {
    readonly storeNbr: string;
    readonly family: string;
    /** The family as spelled in the file. */
    readonly spelling: string;
  }[];
  readonly seriesNumber: Int32Array;
  readonly day: Int32Array;
  /** Units x 1000, rounded; empty for test.csv. */
  readonly milliUnits: Int32Array;
  readonly onpromotion: Int32Array;
  readonly line: Int32Array;
  /** False for a file without the column `onpromotion`: nothing is on promotion. */
  readonly hasPromotions: boolean;
}

type Source = Pick<TableRequest, 'path' | 'badRows' | 'onBytes'> & {
  /** The stores in stores.csv; null without that file. */
  readonly knownStores: ReadonlyMap<string, unknown> | null;
  readonly renames: Renames;
};

/** Reads train.csv: date, store_nbr, family, sales, and optionally onpromotion. */
export function readSalesRows(source: Source): Promise<SalesRows> {
  return readRows(source, true);
}

/** Reads test.csv: date, store_nbr, family, and optionally onpromotion. */
export function readPlanRows(source: Source): Promise<SalesRows> {
  return readRows(source, false);
}

async function readRows({ knownStores, renames, ...source }: Source, withSales: boolean): Promise<SalesRows> {
  const index = createSeriesIndex(knownStores, renames);
  const parseDate = createDateParser();
  const seriesNumber = new GrowingColumn();
  const day = new GrowingColumn();
  const milliUnits = new GrowingColumn();
  const onpromotion = new GrowingColumn();
  const line = new GrowingColumn();

  const onRow = (row: TableRow): RowProblem | null => {
    const [dateText = '', storeText = '', family = '', ...rest] = row.fields;
    const [salesText = '', promotedText = ''] = withSales ? rest : ['', ...rest];
    const date = parseDate('date', dateText);
    if ('problem' in date) return date.problem;
    const series = index.numberOf(storeText, family);
    if ('problem' in series) return series.problem;
    const promoted = parseCount('onpromotion', promotedText, MAX_PROMOTED_ITEMS);
    if ('problem' in promoted) return promoted.problem;
    if (withSales) {
      const sales = parseSales(salesText);
      if ('problem' in sales) return sales.problem;
      milliUnits.push(Math.round(sales.value * 1000));
    }
    seriesNumber.push(series.value);
    day.push(date.value);
    onpromotion.push(promoted.value);
    line.push(row.line);
    return null;
  };
  const columns = ['date', 'store_nbr', 'family', ...(withSales ? ['sales'] : [])];
  const { absent } = await readTable({ ...source, columns, defaults: { onpromotion: '0' }, onRow });
  return {
    series: index.series,
    seriesNumber: seriesNumber.values(),
    day: day.values(),
    milliUnits: milliUnits.values(),
    onpromotion: onpromotion.values(),
    line: line.values(),
    hasPromotions: absent.length === 0,
  };
}

function parseSales(text: string) {
  const sales = parseNumber('sales', text);
  if ('problem' in sales) return sales;
  if (sales.value < 0) {
    return invalid('sales', `"${text}" is negative`, 'Book returns as 0 or net of the day', 'negative-sales');
  }
  if (sales.value > MAX_DAILY_UNITS) {
    return invalid(
      'sales',
      `"${text}" is more than ${MAX_DAILY_UNITS} units a day`,
      'Check its scale',
      'bad-number',
    );
  }
  return sales;
}

/** Numbers series in order of appearance. */
function createSeriesIndex(knownStores: ReadonlyMap<string, unknown> | null, renames: Renames) {
  const series: { storeNbr: string; family: string; spelling: string }[] = [];
  const byStore = new Map<string, { storeNbr: string; families: Map<string, { value: number }> }>();

  const storeOf = (text: string) => {
    const known = byStore.get(text);
    if (known) return { value: known };
    const parsed = parseStoreNbr(text);
    if ('problem' in parsed) return parsed;
    if (knownStores && !knownStores.has(parsed.value)) {
      return notInStores(parsed.value, knownStores);
    }
    const alias = byStore.get(parsed.value) ?? { storeNbr: parsed.value, families: new Map() };
    byStore.set(parsed.value, alias);
    byStore.set(text, alias);
    return { value: alias };
  };

  const numberOf = (storeText: string, spelling: string): { value: number } | { problem: RowProblem } => {
    const store = storeOf(storeText);
    if ('problem' in store) return store;
    const known = store.value.families.get(spelling);
    if (known) return known;
    const family = readFamily(spelling);
    if (family === null) {
      const fix = `Write 1 to ${MAX_FAMILY_LENGTH} characters without control characters`;
      return invalid('family', describeBadFamily(spelling) ?? 'is not a valid family', fix);
    }
    const fresh = { value: series.length };
    store.value.families.set(spelling, fresh);
    series.push({ storeNbr: store.value.storeNbr, family: renames.get(family) ?? family, spelling });
    return fresh;
  };
  return { series, numberOf };
}

/** A growing list of 32-bit integers in one typed array: millions of rows without an object each. */
export class GrowingColumn {
  #values = new Int32Array(1 << 16);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** The values so far; shares memory with the column. */
  values(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}
