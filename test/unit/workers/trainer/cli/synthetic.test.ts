import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCsvDirectory } from '../../../../../workers/trainer/data/csv/read-csv-directory.ts';

const COMMAND = fileURLToPath(new URL('../../../../../workers/trainer/cli/synthetic.ts', import.meta.url));
const run = (...flags: readonly string[]) => promisify(execFile)(process.execPath, [COMMAND, ...flags]);

describe('npm run synthetic', { timeout: 60_000 }, () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'synthetic-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('writes files that can be read back, and the planted truth', async () => {
    const out = join(directory, 'out');
    const truth = join(directory, 'truth.json');
    const span = ['--first-date', '2016-03-01', '--last-date', '2016-04-30'];
    const { stdout, stderr } = await run(
      '--out',
      out,
      '--stores',
      '2',
      '--families',
      '3',
      ...span,
      '--truth',
      truth,
    );
    expect(stdout).toContain('2 stores, 3 families, 2016-03-01..2016-04-30 (61 days)');
    expect(stderr).toBe('');
    const { dataset } = await readCsvDirectory(out);
    expect(dataset.panel.series).toHaveLength(6);
    const planted: unknown = JSON.parse(await readFile(truth, 'utf8'));
    expect(planted).toMatchObject({ firstDate: '2016-03-01', lastDate: '2016-04-30', seed: 1 });
  });

  it.each([
    [['--stores', '2'], "required option '--out <dir>' not specified"],
    [['--out', 'x', '--stores', 'two'], 'Write a whole number.'],
    [['--out', 'x', '--first-date', '2016-02-30'], '"2016-02-30" is not a date'],
    [['--out', 'x', '--families', '34'], 'families must be a whole number from 1 to 33, not 34'],
  ])('reports what is wrong with %s', async (flags, message) => {
    await expect(run(...flags)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});
