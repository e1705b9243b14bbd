import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { train } from '../../../../../workers/trainer/cli/train-command.ts';
import { dataChecksSchema } from '../../../../../workers/trainer/data/checks/data-check.ts';
import { TRAINING_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { writeRetailer } from '../../../../support/datasets/retailer-files.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('reports failed data checks as JSON and keeps only their report when they stop the run', async () => {
  const dataset = await mkdtemp(join(tmpdir(), 'retailer-'));
  const out = await mkdtemp(join(tmpdir(), 'published-'));
  await writeRetailer(dataset, { stores: [7], families: ['TEA'], firstDate: '2026-07-06', days: 100 });
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { windows, seed, threads } = TRAINING_DEFAULTS;
  const flags = { windows, seed, threads, dataset, out, timeTravel: false, live: false, json: true } as const;
  await expect(train({ ...flags, today: '2027-01-31' })).rejects.toThrow(
    /stale-files: the files end on 2026-10-13/,
  );

  const summary = JSON.parse(written.join('').trim().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({ promoted: false, failed_checks: ['stale-files'] });
  expect(summary.data_checks).toContainEqual(
    expect.objectContaining({ name: 'stale-files', severity: 'failure' }),
  );
  const store = createDirectorySink(out);
  expect(await store.list('')).toEqual([objectKeys.lastDataChecks]);
  const report = JSON.parse((await (await store.get(objectKeys.lastDataChecks))?.text()) ?? '');
  expect(dataChecksSchema.parse(report).checks).toEqual(summary.data_checks);
});
