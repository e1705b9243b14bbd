import { expect, it } from 'vitest';
import { readDecisions, recordDecision, verifyStored } from '../../../../shared/artifacts/registry.ts';
import { storeModel } from '../../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from '../../../support/object-store/dated-store.ts';
import { CONTRACT, sampleDecision, sampleManifest } from '../../../support/trainer/sample-trained-model.ts';

it('keeps decisions, oldest first, and never overwrites one', async () => {
  const store = createDatedStore();
  const first = sampleDecision('a', { action: 'refuse' });
  const second = sampleDecision('a', { by: 'manual', decided_at: '2026-11-24T03:00:00.000Z' });
  await recordDecision(store, second);
  await recordDecision(store, first);
  await recordDecision(store, { ...first, reasons: ['another story'] });
  await recordDecision(store, sampleDecision('ab'));
  expect(await readDecisions(store, 'a')).toEqual([first, second]);
});

it('distinguishes a model made for other features from a missing one', async () => {
  const store = createDatedStore();
  const { model, manifest } = sampleManifest('a');
  await storeModel(store, model, manifest);
  await expect(verifyStored(store, 'a', { ...CONTRACT, hash: 'other' })).rejects.toThrow(/train it again/);
  await expect(verifyStored(store, 'b', CONTRACT)).rejects.toMatchObject({ code: 'unknown-version' });
});
