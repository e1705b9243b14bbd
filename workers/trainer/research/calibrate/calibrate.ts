/**
 * `node workers/trainer/research/calibrate/calibrate.ts --real DIR`: prints the synthetic and the real dataset side
 * by side. Two views: every series in the days of one train file, and the long span of some large series.
 *
 * @module
 */

import Table from 'cli-table3';
import { Command } from 'commander';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { readCsvDirectory } from '../../data/csv/read-csv-directory.ts';
import { type Dataset, historyOf } from '../../data/dataset.ts';
import { generateSyntheticDataset, SYNTHETIC_DEFAULTS } from '../../data/synthetic/generate-dataset.ts';
import { percent } from '../../evaluate/backtest-report/format.ts';
import * as measures from './measures.ts';
import { largestStores, type Selection, selectSeries } from './measures.ts';

interface Flags {
  readonly real: string;
  readonly wide: string;
  readonly long: string;
  readonly seed: string;
}

/** Synthetic first, real second. */
type Pair<T> = readonly [synthetic: T, real: T];

const shortDecimal = (value: number | null) => (value === null ? '-' : value.toFixed(value >= 100 ? 0 : 3));
const both = (format: (value: number | null) => string, pair: Pair<number | null>) =>
  pair.map(format).join(' | ');

function familiesOf(pair: Pair<Dataset>): readonly string[] {
  const [synthetic, real] = pair;
  return real.families.filter((family) => synthetic.families.includes(family));
}

/** Without lines between rows. */
const PLAIN = { style: { head: [], border: [], compact: true } };

/** Level, zeros, weekday profile and forecast error by family. */
function printFamilies(
  title: string,
  views: Pair<Selection>,
  families: readonly string[],
  windows: number,
): void {
  const error = (view: Selection, weeks: number, openOnly: boolean) =>
    measures.sameWeekdayError(view, measures.lastOrigins(view.dayCount, windows), weeks, openOnly);
  const columns: readonly (readonly [
    string,
    (share: number | null) => string,
    (view: Selection) => number,
  ])[] = [
    ['mean units', shortDecimal, measures.meanUnits],
    ['zeros', percent, measures.zeroShare],
    ['RMSLE last week', shortDecimal, (view) => error(view, 1, false).rmsle],
    ['.. open days', shortDecimal, (view) => error(view, 1, true).rmsle],
    ['RMSLE 4 weeks', shortDecimal, (view) => error(view, 4, false).rmsle],
    ['.. open days', shortDecimal, (view) => error(view, 4, true).rmsle],
    ['WAPE 4 weeks', percent, (view) => error(view, 4, true).wape],
  ];
  const table = new Table({ head: ['synthetic | real', ...columns.map(([name]) => name)], ...PLAIN });
  const profiles = new Table({ head: ['weekdays Mon..Sun', 'synthetic', 'real'], ...PLAIN });
  const profile = (view: Selection) =>
    measures
      .weekdayProfile(view)
      .map((share) => share.toFixed(2))
      .join(' ');
  const only = (family: string) => (view: Selection) => ({
    ...view,
    series: view.series.filter((series) => series.family === family),
  });
  for (const family of [null, ...families]) {
    const [synthetic, real] = family === null ? views : [only(family)(views[0]), only(family)(views[1])];
    table.push([
      family ?? 'ALL',
      ...columns.map(([, format, measure]) => both(format, [measure(synthetic), measure(real)])),
    ]);
    profiles.push([family ?? 'ALL', profile(synthetic), profile(real)]);
  }
  process.stdout.write(`\n${title}\n${table.toString()}\n${profiles.toString()}\n`);
}

/** Share of promoted days and promoted items by year, and the apparent effect of a promotion. */
function printPromotions(title: string, views: Pair<Selection>, families: readonly string[]): void {
  const years = [2013, 2014, 2015, 2016, 2017];
  const table = new Table({
    head: ['synthetic | real', 'ratio', ...years.map((year) => `share, items ${year}`)],
    ...PLAIN,
  });
  for (const family of families) {
    const only = views.map((selection) => ({
      ...selection,
      series: selection.series.filter(
        (series) => series.family === family && series.onpromotion.some((items) => items > 0),
      ),
    }));
    const [synthetic, real] = only;
    if (!synthetic?.series.length || !real?.series.length) continue;
    const yearly = years.map((year) => {
      const from = Math.max(0, toDayNumber(`${year}-01-01`) - synthetic.firstDay);
      const to = Math.min(synthetic.dayCount, toDayNumber(`${year}-12-31`) + 1 - synthetic.firstDay);
      return (
        `${both(percent, [measures.promotionShare(synthetic, from, to), measures.promotionShare(real, from, to)])}, ` +
        both(shortDecimal, [
          measures.promotedItems(synthetic, from, to),
          measures.promotedItems(real, from, to),
        ])
      );
    });
    table.push([
      family,
      both(shortDecimal, [measures.promotionRatio(synthetic), measures.promotionRatio(real)]),
      ...yearly,
    ]);
  }
  process.stdout.write(`\n${title}\n${table.toString()}\n`);
}

const command = new Command('calibrate')
  .description('Prints the synthetic and the real dataset side by side.')
  .requiredOption('--real <dir>', 'directory with the real files')
  .option('--wide <file>', 'train file with every series', 'train_2013.csv.gz')
  .option('--long <file>', 'train file with the long span', 'train_19_series.csv.gz')
  .option('--seed <n>', 'seed of the synthetic dataset', String(SYNTHETIC_DEFAULTS.seed));

async function run({ real: directory, wide, long, seed }: Flags): Promise<void> {
  const { dataset: synthetic } = generateSyntheticDataset({ seed: Number(seed) });

  const { dataset: wideReal } = await readCsvDirectory(directory, { trainFile: wide });
  const wideEnd = wideReal.panel.firstDay + wideReal.panel.dayCount;
  const wideSynthetic = historyOf(synthetic, toIsoDate(wideEnd));
  printFamilies(
    `Every series, ${toIsoDate(wideReal.panel.firstDay)}..${toIsoDate(wideEnd - 1)}`,
    [selectSeries(wideSynthetic.panel), selectSeries(wideReal.panel)],
    familiesOf([wideSynthetic, wideReal]),
    5,
  );

  const { dataset: longReal } = await readCsvDirectory(directory, { trainFile: long });
  const families = familiesOf([synthetic, longReal]);
  const large = largestStores(synthetic, longReal.stores.length);
  const views: Pair<Selection> = [
    selectSeries(synthetic.panel, ({ storeNbr, family }) => large.has(storeNbr) && families.includes(family)),
    selectSeries(longReal.panel),
  ];
  printFamilies(
    `Large series, the long span; in the synthetic dataset those of its largest stores`,
    views,
    families,
    8,
  );
  printPromotions('Promotions of the large series', views, families);
}

await command.action(run).parseAsync();
