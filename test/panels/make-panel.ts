import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { readCsvDirectory } from '../../workers/trainer/data/csv/read-csv-directory.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import { Random } from '../../workers/trainer/data/synthetic/random.ts';
import { DISTURBANCES } from './disturbances.ts';
import { type DrawnPanel, drawPanel, type PanelSize } from './random-panel.ts';

export interface RandomPanel {
  readonly drawn: DrawnPanel;
  /** What happened to the retailer, for people. */
  readonly story: readonly string[];
}

/** Panel number `index` of a seed: a retailer, and up to four things that happened to it. */
export function makePanel(seed: number, index: number, size: PanelSize): RandomPanel {
  const random = new Random(seed, 'panel', index);
  const drawn = drawPanel(random, size);
  const names = Object.keys(DISTURBANCES);
  const chosen = names.filter(() => random.uniform() < 2.5 / names.length).slice(0, 4);
  const story = chosen.map((name) => DISTURBANCES[name]?.(drawn, random) ?? name);
  return { drawn, story };
}

/** Reads a panel through files, as the trainer reads a retailer's. */
export async function readThroughFiles(panel: DrawnPanel): Promise<Dataset> {
  const directory = await mkdtemp(join(tmpdir(), 'panel-'));
  try {
    await writePanel(directory, panel);
    const { dataset } = await readCsvDirectory(directory, { skipBadRows: true });
    return dataset;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes a panel as CSV files of the public schema. */
export async function writePanel(directory: string, panel: DrawnPanel): Promise<void> {
  const { firstDay, dayCount, series, stores, holidays, tickets } = panel;
  const dates = Array.from({ length: dayCount + 16 }, (_, d) => toIsoDate(firstDay + d));
  const train = ['date,store_nbr,family,sales,onpromotion'];
  const test = ['id,date,store_nbr,family,onpromotion'];
  dates.forEach((date, d) => {
    for (const { storeNbr, family, units, promoted } of series) {
      if (d >= dayCount) test.push(`${test.length},${date},${storeNbr},${family},${promoted[d] ?? 0}`);
      const sold = units[d];
      if (typeof sold === 'number') train.push(`${date},${storeNbr},${family},${sold},${promoted[d] ?? 0}`);
    }
  });
  await mkdir(directory, { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(directory, name), `${lines.join('\n')}\n`);
  await write('train.csv', train);
  if (panel.hasPlan) await write('test.csv', test);
  if (panel.hasStoresFile) {
    await write('stores.csv', [
      'store_nbr,city,state,type,cluster',
      ...stores.map(({ store_nbr, city, state, type, cluster }) =>
        [store_nbr, city, state, type, cluster].join(','),
      ),
    ]);
  }
  if (holidays.length > 0) {
    await write('holidays_events.csv', [
      'date,type,locale,locale_name,description,transferred',
      ...holidays.map(({ date }) => `${date},Holiday,National,Ecuador,a day off,False`),
    ]);
  }
  if (tickets) {
    const rows = stores.flatMap(({ store_nbr }, store) =>
      (tickets[store] ?? []).flatMap((count, d) => {
        const isOpen = series.some((s) => s.storeNbr === store_nbr && (s.units[d] ?? 0) > 0);
        return isOpen ? [`${dates[d]},${store_nbr},${count}`] : [];
      }),
    );
    await write('transactions.csv', ['date,store_nbr,transactions', ...rows]);
  }
}
