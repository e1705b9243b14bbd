import { expect, it } from 'vitest';
import { openCurrentDataset, readFacts } from '../../../../shared/artifacts/current-publication.ts';
import { datasetNames, objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import { MemoryObjects } from '../../../support/object-store/memory-objects.ts';
import { LIVE_FROM, publishSampleDataset } from '../../../support/pipeline/published-dataset.ts';

it('reads the pointer in every run, and the manifest only after the publication changes', async () => {
  const objects = new MemoryObjects();
  await publishSampleDataset(objects);
  objects.reads.clear();
  for (let run = 0; run < 3; run++) {
    expect((await readFacts(await openCurrentDataset(objects)))?.liveFrom).toBe(LIVE_FROM);
  }
  const readsBelow = (prefix: string) =>
    [...objects.reads].flatMap(([key, count]) =>
      key.startsWith(prefix) && key !== objectKeys.current ? Array<string>(count).fill(key) : [],
    );
  expect(objects.reads.get(objectKeys.current)).toBe(3);
  expect(readsBelow(objectKeys.publications).length).toBeLessThanOrEqual(1);

  await publishSampleDataset(objects, new Map([[datasetNames.intraday, { days: { [LIVE_FROM]: [] } }]]));
  const dataset = await openCurrentDataset(objects);
  expect(await (await dataset.get(datasetNames.intraday))?.text()).toContain(LIVE_FROM);
});
