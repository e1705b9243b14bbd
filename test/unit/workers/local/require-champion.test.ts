import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { recordDecision } from '../../../../shared/artifacts/registry.ts';
import { requireChampion } from '../../../../workers/local/fill-object-store.ts';
import { promote } from '../../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { storeModel } from '../../../../workers/trainer/publish/publish-model.ts';
import {
  AT,
  CONTRACT,
  sampleDecision,
  sampleManifest,
} from '../../../support/trainer/sample-trained-model.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'published-'));
});

it('a publication whose first model was refused says why, and how to put it into service', async () => {
  const store = createDirectorySink(directory);
  const { model, manifest } = sampleManifest('first');
  await storeModel(store, model, manifest);
  const reasons = ['mean RMSLE 0.9 is not better than 0.5 of seasonal_naive'];
  await recordDecision(store, sampleDecision('first', { action: 'refuse', reasons }));
  await expect(requireChampion(directory)).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining(`first is stored, but was not promoted.\n  - ${reasons[0]}`),
    fix: expect.stringContaining(`npm run models -- promote first --in ${directory}`),
  });
  await promote(store, 'first', CONTRACT, AT);
  await expect(requireChampion(directory)).resolves.toBeUndefined();
});

it('a publication that was broken off is distinguished from one without a champion', async () => {
  await createDirectorySink(directory).put('models/half/model.ubj', 'trees');
  await expect(requireChampion(directory)).rejects.toMatchObject({
    message: expect.stringContaining('is not a complete publication: publications/current.json is missing'),
    fix: expect.stringContaining('npm run train'),
  });
});
