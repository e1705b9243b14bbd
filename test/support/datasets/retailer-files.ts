import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoWeekday, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { sequence } from './sample-history.ts';

/** An invented retailer: weekly rhythm, some noise, some promotions that lift sales. */
export interface Retailer {
  readonly stores: readonly (number | string)[];
  readonly families: readonly string[];
  readonly firstDate: string;
  readonly days: number;
  /** Days after the last one whose promotions are planned; 0 writes no test.csv. */
  readonly plannedDays?: number;
  /** Writes stores.csv and transactions.csv as well. */
  readonly withOptionalFiles?: boolean;
  /** How far sales lie from what is usual at most, as a share; 0.15 where it is left out. */
  readonly noise?: number;
  /** Another seed, other noise. */
  readonly seed?: number;
  /** What sales are multiplied by on a day, for an export that went wrong. `day` counts from 0. */
  readonly distort?: (day: number) => number;
  /** Leaves out rows. `day` counts from 0. */
  readonly isMissing?: (storeNbr: string, family: string, day: number) => boolean;
}

/** Writes the retailer's sales as CSV files of the public schema; the same every time. */
export async function writeRetailer(directory: string, retailer: Retailer): Promise<void> {
  const { stores, families, firstDate, days, plannedDays = 0, withOptionalFiles = false } = retailer;
  const { noise = 0.15, seed = 20_260_901 } = retailer;
  const isMissing = retailer.isMissing ?? (() => false);
  const distort = retailer.distort ?? (() => 1);
  const firstDay = toDayNumber(firstDate);
  const random = sequence(seed);
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const train = ['date,store_nbr,family,sales,onpromotion'];
  const test = ['id,date,store_nbr,family,onpromotion'];
  const tickets = ['date,store_nbr,transactions'];
  for (let day = 0; day < days + plannedDays; day++) {
    const date = toIsoDate(firstDay + day);
    const rhythm = [0.8, 0.9, 0.9, 1, 1.2, 1.6, 1.4][isoWeekday(firstDay + day) - 1] ?? 1;
    for (const [s, storeNbr] of stores.map(String).entries()) {
      const store = quoted(storeNbr);
      for (const [f, family] of families.entries()) {
        const promoted = random() < 0.2 ? 1 + Math.floor(random() * 9) : 0;
        const level = 20 * (s + 1) * (f + 1) * rhythm * (promoted > 0 ? 1.4 : 1);
        const sales = Math.round(level * (1 - noise + 2 * noise * random()) * distort(day) * 1000) / 1000;
        if (day >= days) test.push(`${test.length},${date},${store},${quoted(family)},${promoted}`);
        else if (!isMissing(storeNbr, family, day))
          train.push(`${date},${store},${quoted(family)},${sales},${promoted}`);
      }
      const isOpen = families.some((family) => !isMissing(storeNbr, family, day));
      if (day < days && isOpen) tickets.push(`${date},${store},${Math.round(300 * rhythm * (s + 1))}`);
    }
  }
  await mkdir(directory, { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(directory, name), `${lines.join('\n')}\n`);
  await write('train.csv', train);
  if (plannedDays > 0) await write('test.csv', test);
  if (!withOptionalFiles) return;
  await write('stores.csv', [
    'store_nbr,city,state,type,cluster',
    ...stores.map((store, s) => `${quoted(String(store))},City ${s},State,D,${s + 1}`),
  ]);
  await write('transactions.csv', tickets);
}
