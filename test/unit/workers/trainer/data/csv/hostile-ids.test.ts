import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCsvDirectory } from '../../../../../../workers/trainer/data/csv/read-csv-directory.ts';
import { writeCsvDirectory } from '../../../../../../workers/trainer/data/synthetic/write-csv.ts';
import {
  anyFamily,
  anyStore,
  HOSTILE_FAMILIES,
  HOSTILE_STORES,
} from '../../../../../support/ids/hostile-ids.ts';
import { hostileDataset } from '../../../../../support/ids/hostile-pipeline.ts';

/** Writes every file of a retailer, one of them by hand, and reads them back. */
async function expectRoundTrip(stores: readonly string[], families: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hostile-ids-'));
  try {
    const written = hostileDataset(stores, families);
    await writeCsvDirectory(written, directory);
    const closures = stores.map((store) => `"${store.replaceAll('"', '""')}",2025-12-24,2025-12-26,stock`);
    await writeFile(join(directory, 'closures.csv'), ['store,from,to,reason', ...closures].join('\n'));
    const { dataset, report } = await readCsvDirectory(directory, { missing: 'unknown' });
    expect(report.skipped.count).toBe(0);
    expect(dataset.stores).toEqual(written.stores);
    expect(dataset.families).toEqual(written.families);
    expect(dataset.panel.series).toEqual(written.panel.series);
    expect(dataset.panel.tickets).toEqual(written.panel.tickets);
    expect(dataset.declaredClosures?.map(({ store_nbr }) => store_nbr)).toEqual(stores);
    // Up to the closure, every value is unchanged.
    const { dayCount } = written.panel;
    for (let s = 0; s < written.panel.series.length; s++) {
      const days = [s * dayCount, s * dayCount + 23] as const;
      expect(dataset.panel.milliUnits.slice(...days)).toEqual(written.panel.milliUnits.slice(...days));
      expect(dataset.panel.onpromotion.slice(...days)).toEqual(written.panel.onpromotion.slice(...days));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

it('realistic ids survive CSV files', async () => {
  await expectRoundTrip(HOSTILE_STORES, HOSTILE_FAMILIES);
});

it('arbitrary ids survive CSV files', async () => {
  const some = <T>(names: fc.Arbitrary<T>) => fc.uniqueArray(names, { minLength: 1, maxLength: 4 });
  await fc.assert(fc.asyncProperty(some(anyStore), some(anyFamily), expectRoundTrip), { numRuns: 25 });
});
