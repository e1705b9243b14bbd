import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { at } from '../../../../shared/at.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { csvField } from '../../../../shared/csv-field.ts';
import { createDirectory } from '../create-directory.ts';
import type { Dataset } from '../dataset.ts';
import { isClosedEverywhere } from './world.ts';

/** Text is written to the file in pieces of about this many characters. */
const PIECE = 1 << 20;

/**
 * Writes a dataset as the CSV files that `readCsvDirectory` reads: train, test, stores, oil, holidays_events and
 * transactions. As in the public files there are no rows for 25 December, and `id` counts on from train to test.
 *
 * @param onProgress called after each day of sales.
 */
export async function writeCsvDirectory(
  dataset: Dataset,
  directory: string,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  await createDirectory(directory);
  const write = (name: string, lines: Iterable<string>) =>
    pipeline(Readable.from(inPieces(lines)), createWriteStream(join(directory, name)));

  await write('stores.csv', storeLines(dataset));
  await write('oil.csv', oilLines(dataset));
  await write('holidays_events.csv', holidayLines(dataset));
  await write('transactions.csv', ticketLines(dataset));
  await write('train.csv', salesLines(dataset, 0, dataset.panel.dayCount, onProgress));
  await write('test.csv', salesLines(dataset, dataset.panel.dayCount, dataset.panel.plannedDayCount));
}

function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* storeLines({ stores }: Dataset): Generator<string> {
  yield 'store_nbr,city,state,type,cluster';
  for (const { store_nbr, city, state, type, cluster } of stores) {
    yield `${csvField(store_nbr)},${csvField(city)},${csvField(state)},${csvField(type)},${cluster}`;
  }
}

function* oilLines({ oil }: Dataset): Generator<string> {
  yield 'date,dcoilwtico';
  for (const { date, price } of oil) yield `${date},${price}`;
}

function* holidayLines({ holidays }: Dataset): Generator<string> {
  yield 'date,type,locale,locale_name,description,transferred';
  for (const { date, type, locale, locale_name, description, transferred } of holidays) {
    yield `${date},${type},${locale},${csvField(locale_name)},${csvField(description)},${transferred ? 'True' : 'False'}`;
  }
}

function* ticketLines({ panel, stores }: Dataset): Generator<string> {
  yield 'date,store_nbr,transactions';
  if (!panel.tickets) return;
  for (let day = 0; day < panel.dayCount; day += 1) {
    const date = toIsoDate(panel.firstDay + day);
    for (const [index, { store_nbr }] of stores.entries()) {
      const count = at(panel.tickets, index * panel.dayCount + day);
      if (count >= 0) yield `${date},${csvField(store_nbr)},${count}`;
    }
  }
}

/** Rows of train.csv for days of the panel, of test.csv for the planned days after it. */
function* salesLines(
  { panel }: Dataset,
  from: number,
  to: number,
  onProgress?: (done: number, total: number) => void,
): Generator<string> {
  const hasSales = from < panel.dayCount;
  yield `id,date,store_nbr,family,${hasSales ? 'sales,' : ''}onpromotion`;
  const names = panel.series.map(({ storeNbr, family }) => `${csvField(storeNbr)},${csvField(family)}`);
  const hasRows = (day: number) => day >= panel.dayCount || !isClosedEverywhere(panel.firstDay + day);
  let id = 0;
  for (let day = 0; day < from; day += 1) if (hasRows(day)) id += names.length;
  for (let day = from; day < to; day += 1) {
    onProgress?.(day + 1 - from, to - from);
    if (!hasRows(day)) continue;
    const date = toIsoDate(panel.firstDay + day);
    for (let s = 0; s < names.length; s += 1) {
      const promoted = panel.onpromotion[s * panel.plannedDayCount + day] as number;
      const sales = hasSales ? `${(panel.milliUnits[s * panel.dayCount + day] as number) / 1000},` : '';
      yield `${id},${date},${names[s]},${sales}${promoted}`;
      id += 1;
    }
  }
}
