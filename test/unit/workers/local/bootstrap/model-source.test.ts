import { expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import {
  type ModelSource,
  serveModel,
  servesBootstrapModel,
} from '../../../../../workers/local/bootstrap/model-source.ts';
import { MemoryObjects } from '../../../../support/object-store/memory-objects.ts';
import { sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';

const model = (version: string): ModelSource => ({
  version,
  read: async (file) => {
    if (file === 'model.ubj') return null;
    const text = file === 'manifest.json' ? JSON.stringify(sampleManifest(version).manifest) : 'trees';
    return new TextEncoder().encode(text);
  },
});
const readChampion = async (objects: MemoryObjects) => (await readPointer(objects))?.champion;
const first = new Date('2026-11-22T10:00:00Z');
const later = new Date('2026-11-23T10:00:00Z');

it('a newer model goes into service and the one before it stays within reach', async () => {
  const objects = new MemoryObjects();
  expect(await serveModel(model('bootstrap-1'), objects, first)).toBe('served');
  expect(await serveModel(model('trained-1'), objects, later)).toBe('served');
  expect(await readChampion(objects)).toEqual({
    version: 'trained-1',
    promoted_at: later.toISOString(),
    previous: [{ version: 'bootstrap-1', promoted_at: first.toISOString() }],
  });
  expect(await objects.list('models/')).toEqual(
    expect.arrayContaining(['models/trained-1/model.packed', 'models/bootstrap-1/manifest.json']),
  );
  expect(await objects.list('models/trained-1/model.ubj')).toEqual([]);
});

it('the model in service is left alone', async () => {
  const objects = new MemoryObjects();
  await serveModel(model('trained-1'), objects, first);
  expect(await serveModel(model('trained-1'), objects, later)).toBe('unchanged');
  expect((await readChampion(objects))?.promoted_at).toBe(first.toISOString());
});

it('a bootstrap model is distinguished from a trained one', async () => {
  const objects = new MemoryObjects();
  expect(await servesBootstrapModel(objects)).toBe(true);
  await serveModel(model('bootstrap-1'), objects, first);
  expect(await servesBootstrapModel(objects)).toBe(true);
  await serveModel(model('trained-1'), objects, later);
  expect(await servesBootstrapModel(objects)).toBe(false);
});

it('the pointer moves last: broken off in between, the old model is still in service', async () => {
  const objects = new MemoryObjects();
  await serveModel(model('trained-1'), objects, first);
  const broken: ModelSource = { version: 'trained-2', read: () => Promise.reject(new Error('disk gone')) };
  await expect(serveModel(broken, objects, later)).rejects.toThrow('disk gone');
  expect((await readChampion(objects))?.version).toBe('trained-1');
});
