import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createBadRows } from '../../../../../../workers/trainer/data/csv/dataset-error.ts';
import { readHolidays } from '../../../../../../workers/trainer/data/csv/read-covariates.ts';
import {
  isForeseeable,
  keepForeseeable,
} from '../../../../../../workers/trainer/data/import/foreseeable-events.ts';
import { readSource } from '../../../../../../workers/trainer/data/import/load-dataset.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';

const REAL = fileURLToPath(
  new URL('../../../../../../../shared/data/favorita/holidays_events.csv', import.meta.url),
);

describe('foreseeable events', () => {
  it.each([
    ['Dia de la Madre', true],
    ['Black Friday', true],
    ['Mundial de futbol Brasil: Ecuador-Suiza', true],
    ['Terremoto Manabi', false],
    ['Terremoto Manabi+30', false],
    ['Erupción del Cotopaxi', false],
    ['Flooding of the river', false],
    // A word inside another one does not count.
    ['Floodlit late opening', true],
    ['Sismologo del año', true],
  ])('%s: %s', (description, expected) => {
    expect(isForeseeable({ type: 'Event', description })).toBe(expected);
    expect(isForeseeable({ type: 'Holiday', description })).toBe(true);
  });

  it('exclude the disaster of the synthetic dataset, although its files list it', async () => {
    const { dataset } = generateSyntheticDataset({ stores: 1, families: 1 });
    const flags = { dataset: 'synthetic', stores: 1, families: 1, timeTravel: false };
    const read = await readSource(flags, () => undefined);
    expect(dataset.holidays.length - read.dataset.holidays.length).toBe(7);
    expect(read.notes).toEqual([
      expect.stringMatching(/^7 events that could not be known in advance \(Sismo, 20/),
    ]);
    expect(keepForeseeable(read.dataset)).toEqual({ dataset: read.dataset, notes: [] });
  });

  it.skipIf(!existsSync(REAL))('of the real calendar are all but the earthquake of 2016', async () => {
    const holidays = await readHolidays({ path: REAL, badRows: createBadRows(false) });
    const surprises = holidays.filter((holiday) => !isForeseeable(holiday));
    expect(surprises).toHaveLength(31);
    expect(new Set(surprises.map(({ description }) => description.replace(/\+\d+$/, '')))).toEqual(
      new Set(['Terremoto Manabi']),
    );
    expect(surprises.map(({ date }) => date.slice(0, 7))).toEqual(
      expect.arrayContaining(['2016-04', '2016-05']),
    );
  });
});
