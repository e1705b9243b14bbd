import { expect, it } from 'vitest';
import { datasetNames } from '../../../../../../shared/artifacts/object-keys.ts';
import { isoWeekOf } from '../../../../../../shared/calendar/date-parts.ts';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { createClosureCalendar } from '../../../../../../shared/features/closure-calendar.ts';
import {
  createCategories,
  createCovariates,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
  historyFromReading,
  PLANNED_DAYS,
} from '../../../../../../shared/features/index.ts';
import { catalogSchema } from '../../../../../../shared/schemas/catalog.ts';
import { promotionPlanSchema } from '../../../../../../shared/schemas/day-sheet.ts';
import { historyChunkSchema } from '../../../../../../shared/schemas/history-chunk.ts';
import { travel } from '../../../../../../workers/trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { openPanelSeries, seriesAsOf } from '../../../../../../workers/trainer/model/series/panel-series.ts';
import { publishDataset } from '../../../../../../workers/trainer/publish/publish-dataset.ts';
import { buildFeatureRows } from '../../../../../support/features/build-rows.ts';
import { MemoryObjects } from '../../../../../support/object-store/memory-objects.ts';
import { readPublished } from '../../../../../support/object-store/read-published.ts';

const bitsOf = (rows: Float32Array) => new Uint32Array(rows.buffer.slice(0));

/** What is read under a name, read once. */
function once<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const held = new Map<string, Promise<T>>();
  return (name) => {
    const value = held.get(name) ?? read(name);
    held.set(name, value);
    return value;
  };
}

const synthetic = travel(generateSyntheticDataset({ stores: 5, families: 9 }).dataset, '2026-11-22');
/** Published histories start long after the last price. */
const withoutRecentOil = { ...synthetic, oil: synthetic.oil.filter(({ date }) => date < '2024-06-01') };

it.each([
  ['300 days before the end', synthetic, 300],
  ['60 days before the end', synthetic, 60],
  ['40 days before the end', synthetic, 40],
  ['300 days before the end, with the last oil price years ago', withoutRecentOil, 300],
])(
  'published data and the training panel yield the same feature bits, %s',
  async (_, dataset, daysBeforeEnd) => {
    const { panel } = dataset;
    const categories = createCategories(dataset.stores, dataset.families);
    const trained = openPanelSeries(dataset, categories);

    const liveDay = panel.firstDay + panel.dayCount - daysBeforeEnd;
    const origin = liveDay - 1;
    const objects = new MemoryObjects();
    const read = async (name: string) => JSON.parse((await readPublished(objects, name)) ?? 'null');
    const chunkOf = once(async (name: string) => historyChunkSchema.parse(await read(name)));
    const planOf = once(async (name: string) => promotionPlanSchema.parse(await read(name)));
    await publishDataset(
      dataset,
      { liveFrom: toIsoDate(liveDay), now: new Date('2026-11-22T03:00:00Z') },
      objects,
    );
    const catalog = catalogSchema.parse(await read(datasetNames.catalog));
    const covariates = createCovariates(catalog, origin, origin + HORIZON, categories);

    const closures = createClosureCalendar(catalog.closures);

    for (const [s, member] of trained.entries()) {
      const { storeNbr, family, covariates: fromPanel } = member;
      const chunk = await chunkOf(datasetNames.history(storeNbr));
      const column = chunk.series.find((series) => series.family === family);
      if (!column) throw new Error(`${storeNbr}:${family} was not published`);
      const planned = await Promise.all(
        Array.from({ length: PLANNED_DAYS }, async (_, h) => {
          const day = liveDay + h;
          const plan = await planOf(datasetNames.promotionPlan(isoWeekOf(day)));
          return plan.days[toIsoDate(day)]?.[plan.series.indexOf(`${storeNbr}:${family}`)] ?? 0;
        }),
      );
      const served = historyFromReading(
        {
          firstDate: chunk.first_date,
          milliUnits: Int32Array.from(column.milli_units),
          onpromotion: Uint16Array.from(column.onpromotion),
          tickets: Int32Array.from(chunk.tickets ?? []),
        },
        planned,
        Array.from({ length: PLANNED_DAYS + 1 }, (_, h) => closures.reasonOf(storeNbr, origin + h)),
      );
      const training = new Float32Array(HORIZON * FEATURE_COUNT);
      const serving = new Float32Array(HORIZON * FEATURE_COUNT);
      buildFeatureRows(seriesAsOf(member, origin).history, fromPanel, origin, training);
      buildFeatureRows(served, covariates.of({ storeNbr, family }), origin, serving);
      const [trainingBits, servingBits] = [bitsOf(training), bitsOf(serving)];
      const different = FEATURE_NAMES.filter((_, f) =>
        Array.from({ length: HORIZON }).some(
          (_, h) => trainingBits[h * FEATURE_COUNT + f] !== servingBits[h * FEATURE_COUNT + f],
        ),
      );
      expect(different, `${storeNbr}:${family} (${s}) at ${toIsoDate(origin)}`).toEqual([]);
      expect(toDayNumber(chunk.last_date)).toBe(origin);
    }
  },
);
