import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, toIsoDate } from '../../shared/calendar/day-number.ts';

/** The series that the till sells; its history has only zeros. */
export const STORE_NBR = '1';
export const FAMILY = 'TILL';

const DAYS = 90;

/** Writes the files of a small shop that ends yesterday, so that nothing is replayed and every live sale is the till's. */
export async function writeShop(directory: string): Promise<void> {
  const yesterday = Math.floor((Date.now() - 5 * 3_600_000) / DAY_MS) - 1;
  const rows = ['id,date,store_nbr,family,sales,onpromotion'];
  for (let back = DAYS - 1; back >= 0; back--) {
    const day = yesterday - back;
    for (const store of ['1', '2']) {
      rows.push(`${rows.length},${toIsoDate(day)},${store},BREAD,${20 + ((day * 7) % 11)},0`);
      rows.push(`${rows.length},${toIsoDate(day)},${store},${FAMILY},0,0`);
    }
  }
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'train.csv'), `${rows.join('\n')}\n`);
}
