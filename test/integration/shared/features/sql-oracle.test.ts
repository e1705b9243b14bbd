import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../../shared/features/index.ts';
import type { Dataset } from '../../../../workers/trainer/data/dataset.ts';
import { openPanelSeries } from '../../../../workers/trainer/model/series/panel-series.ts';
import { sequence } from '../../../support/datasets/sample-history.ts';
import { buildFeatureRow } from '../../../support/features/build-rows.ts';
import { virtualEnvironmentForTests } from '../../../support/processes/virtual-environment.ts';
import { createRandomDataset, DAYS, FIRST_DAY, LAUNCH_DAY } from './random-dataset.ts';

/**
 * Both sides compute in double precision; ours is then stored as float32, with a relative spacing of 1 / 2^23. A
 * difference of two means may cancel most of its digits, so an absolute tolerance of that size is allowed in addition.
 */
const TOLERANCE = 1e-6;
const SAMPLES = 600;
const SEEDS = [1, 2];
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Sample {
  readonly series: number;
  readonly origin: number;
  readonly h: number;
}

/** Half of the targets anywhere, half on special days: holidays, the source's 29 February, and soon after a launch. */
function drawSamples(seed: number, { panel, holidays, shiftDays }: Dataset): Sample[] {
  const random = sequence(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const afterLaunch = Array.from({ length: 4 }, (_, i) => FIRST_DAY + LAUNCH_DAY + 6 + 8 * i);
  const leapDay = toDayNumber('2016-02-29') + shiftDays;
  const special = [...holidays.map(({ date }) => toDayNumber(date)), leapDay, ...afterLaunch];
  return Array.from({ length: SAMPLES }, (_, i) => {
    const h = 1 + below(HORIZON);
    const anywhere = FIRST_DAY + 5 + below(DAYS - 5);
    const origin = i % 2 === 0 ? anywhere : (special[below(special.length)] ?? anywhere) - h;
    return { series: below(panel.series.length), origin, h };
  });
}

/** The dataset as long tables: a row for each known value. */
async function writeTables(directory: string, dataset: Dataset, samples: readonly Sample[]): Promise<void> {
  const { panel, stores, shiftDays } = dataset;
  const date = (d: number) => toIsoDate(panel.firstDay + d);
  const daysOf = (column: Int32Array | Uint16Array, days: number, keep: (value: number) => boolean) =>
    Array.from(column, (value, i) => [Math.floor(i / days), date(i % days), value] as const).filter(
      ([, , value]) => keep(value),
    );
  const tables: Record<string, readonly (readonly (string | number | boolean)[])[]> = {
    facts: [['shift_days'], [shiftDays]],
    stores: [
      ['store_nbr', 'city', 'state', 'type', 'cluster'],
      ...stores.map(({ store_nbr, city, state, type, cluster }) => [store_nbr, city, state, type, cluster]),
    ],
    series: [
      ['series', 'store_nbr', 'family'],
      ...panel.series.map(({ storeNbr, family }, s) => [s, storeNbr, family]),
    ],
    sales: [
      ['series', 'day', 'milli_units'],
      ...daysOf(panel.milliUnits, panel.dayCount, (value) => value >= 0),
    ],
    promotions: [
      ['series', 'day', 'items'],
      ...daysOf(panel.onpromotion, panel.plannedDayCount, (value) => value > 0),
    ],
    tickets: [
      ['store_nbr', 'day', 'tickets'],
      ...daysOf(panel.tickets ?? new Int32Array(), panel.dayCount, (value) => value >= 0).map(
        ([store, day, value]) => [stores[store]?.store_nbr ?? -1, day, value],
      ),
    ],
    closures: [
      ['store_nbr', 'day'],
      ...stores.flatMap(({ store_nbr }) => {
        const { closedDays = [] } = openSeries(dataset).find(({ storeNbr }) => storeNbr === store_nbr) ?? {};
        return Array.from(closedDays, (isClosed, d) => [isClosed, store_nbr, date(d)] as const)
          .filter(([isClosed]) => isClosed === 1)
          .map(([, store, day]) => [store, day]);
      }),
    ],
    holidays: [
      ['day', 'type', 'locale', 'locale_name', 'transferred'],
      ...dataset.holidays.map((day) => [day.date, day.type, day.locale, day.locale_name, day.transferred]),
    ],
    oil: [['day', 'price'], ...dataset.oil.map(({ date: day, price }) => [day, price])],
    samples: [
      ['id', 'series', 'origin', 'h'],
      ...samples.map(({ series, origin, h }, id) => [id, series, toIsoDate(origin), h]),
    ],
  };
  for (const [name, rows] of Object.entries(tables)) {
    await writeFile(join(directory, `${name}.csv`), `${rows.map((row) => row.join(',')).join('\n')}\n`);
  }
}

/** The features of each sample by SQL, NaN where unknown. */
async function computeInSql(python: string, dataset: Dataset, samples: readonly Sample[]) {
  const directory = await mkdtemp(join(tmpdir(), 'sql-oracle-'));
  await writeTables(directory, dataset, samples);
  await promisify(execFile)(python, [here('run_sql.py'), directory, here('features.sql')]);
  const rows = JSON.parse(await readFile(join(directory, 'features.json'), 'utf8')) as Record<
    string,
    number | null
  >[];
  return rows.map(({ id: _, ...features }) => features);
}

const openSeries = (dataset: Dataset) =>
  openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));

describe('the features, recomputed in SQL from the long tables', () => {
  it.for(SEEDS)('are all equal in dataset %i', async (seed, context) => {
    const programs = await virtualEnvironmentForTests('duckdb', ['duckdb==1.4.4']);
    if (programs === null) return context.skip('no DuckDB: set REQUIRE_SERVICES=1 to install it');
    const dataset = createRandomDataset(seed);
    const samples = drawSamples(seed, dataset);
    const expected = await computeInSql(join(programs, 'python'), dataset, samples);
    expect(Object.keys(expected[0] ?? {})).toEqual(FEATURE_NAMES);

    const members = openSeries(dataset);
    const row = new Float32Array(FEATURE_COUNT);
    const known = new Map(FEATURE_NAMES.map((name) => [name, new Set<number>()]));
    samples.forEach((sample, i) => {
      const member = members[sample.series];
      if (!member) throw new Error(`no series ${sample.series}`);
      buildFeatureRow(member.history, member.covariates, sample.origin, sample.h, row);
      FEATURE_NAMES.forEach((name, column) => {
        const ours = row[column] as number;
        const theirs = expected[i]?.[name] ?? Number.NaN;
        const where = `${name} of ${JSON.stringify(sample)}`;
        if (Number.isNaN(theirs)) expect(ours, where).toBeNaN();
        else {
          expect(Math.abs(ours - theirs), where).toBeLessThanOrEqual(
            TOLERANCE * Math.max(1, Math.abs(theirs)),
          );
          known.get(name)?.add(theirs);
        }
      });
    });
    // A feature that is constant over all samples would agree by accident.
    const constant = [...known].filter(([, values]) => values.size < 2).map(([name]) => name);
    expect(constant).toEqual([]);
  });
});
