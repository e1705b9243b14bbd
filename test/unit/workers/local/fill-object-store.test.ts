import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { datasetNames } from '../../../../shared/artifacts/object-keys.ts';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { catalogSchema } from '../../../../shared/schemas/catalog.ts';
import { parseStartOptions } from '../../../../workers/local/command-line/start-options.ts';
import { fillObjectStore } from '../../../../workers/local/fill-object-store.ts';
import { MemoryObjects } from '../../../support/object-store/memory-objects.ts';
import { publishedNames, readPublished } from '../../../support/object-store/read-published.ts';
import { repositoryRoot } from '../../../support/processes/local-process.ts';

const DAYS = 120;
const LAST_DATE = '2026-11-22';

/**
 * A retailer's files of 120 days up to `LAST_DATE`, started on a day with these arguments: the catalog, and the
 * notes.
 */
async function start(today: string, args: readonly string[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
  const firstDay = toDayNumber(LAST_DATE) - DAYS + 1;
  const rows = Array.from(
    { length: DAYS },
    (_, day) => `${toIsoDate(firstDay + day)},5,TEA,${10 + (day % 7)},0`,
  );
  await writeFile(
    join(directory, 'train.csv'),
    `date,store_nbr,family,sales,onpromotion\n${rows.join('\n')}\n`,
  );
  const objects = new MemoryObjects();
  const notes: string[] = [];
  await fillObjectStore({
    options: parseStartOptions(['--dataset', directory, ...args], repositoryRoot),
    root: repositoryRoot,
    objects,
    now: new Date(`${today}T20:00:00Z`),
    timeZone: 'America/Guayaquil',
    steps: { run: async (_, work) => work(() => undefined), note: (text) => notes.push(text) },
  });
  const catalog = catalogSchema.parse(JSON.parse((await readPublished(objects, datasetNames.catalog)) ?? ''));
  return { catalog, notes: notes.join('\n'), sheets: await publishedNames(objects, 'replay/') };
}

it('current files are started from as they are, every day of them history', async () => {
  const { catalog, notes, sheets } = await start('2026-11-23');
  expect(catalog).toMatchObject({ shift_days: 0, live_from: '2026-11-23', last_date: LAST_DATE });
  expect(sheets).toEqual([]);
  expect(notes).toMatch(/No time travel: .* All 120 days are history, none is replayed/);
});

it('old files are moved, so that there is something to replay', async () => {
  const { catalog, notes, sheets } = await start('2027-11-23');
  expect(catalog).toMatchObject({ shift_days: 399, live_from: '2027-11-23', last_date: '2027-12-26' });
  expect(sheets).toContain(datasetNames.daySheet('2027-11-23'));
  expect(notes).toMatch(/Time travel: .* 86 days are history, 34 are replayed/);
});

it('either is done with any files on request', async () => {
  const moved = await start('2026-11-23', ['--time-travel']);
  expect(moved.catalog.shift_days).toBeGreaterThan(0);
  expect(moved.sheets).not.toEqual([]);
  const kept = await start('2027-11-23', ['--no-time-travel']);
  expect(kept.catalog).toMatchObject({ shift_days: 0, live_from: '2026-11-23' });
});
