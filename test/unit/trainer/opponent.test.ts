import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../shared/models/champion-pointer.ts';
import type { Decision } from '../../../shared/models/decision.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { promote, recordDecision } from '../../../shared/models/registry.ts';
import { type Opponent, readOpponent } from '../../../workers/trainer/gate/rival.ts';
import { storeModel } from '../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from './dated-store.ts';
import { AT, CONTRACT, sampleDecision, sampleManifest } from './sample-model.ts';
import { smallDataset } from './small-dataset.ts';

const EVIDENCE: NonNullable<Decision['evidence']> = {
  rules: {},
  checks: [],
  windows: [],
  means: {},
  tied_loss: 0.004,
  dataset: 'small',
  last_day: '2016-12-31',
  shift_days: 0,
};

let store: ObjectStore;

beforeEach(async () => {
  store = createDatedStore();
  const { model, manifest } = sampleManifest('a');
  await storeModel(store, model, manifest);
  await promote(store, 'a', CONTRACT, AT);
});

async function opponent(dataset = smallDataset(400, ['A', 'B'])): Promise<Opponent> {
  return readOpponent(store, await readPointer(store), dataset, CONTRACT);
}

describe('a champion that is no rival', () => {
  it('is no reason to serve nothing where it cannot be served', async () => {
    await store.delete(objectKeys.modelFile('a', 'model.packed'));
    expect(await opponent()).toMatchObject({ kind: 'incomparable', canServe: false });
  });

  it('is served on where it only knows days that lie ahead', async () => {
    expect(await opponent(smallDataset(300, ['A', 'B']))).toMatchObject({
      kind: 'incomparable',
      canServe: true,
      isOfOtherDataset: false,
    });
  });
});

describe('the champion as a rival', () => {
  it('carries on what ties have lost by which the gate put it into service', async () => {
    await recordDecision(store, sampleDecision('a', { evidence: EVIDENCE }));
    expect(await opponent()).toMatchObject({ kind: 'rival', rival: { tiedLoss: 0.004 } });
  });

  it.for([
    ['that a person put into service against the gate', { by: 'forced', evidence: EVIDENCE }],
    ['that the gate refused, and a person promoted', { action: 'refuse', evidence: EVIDENCE }],
    ['that was made before this was counted', { evidence: { ...EVIDENCE, tied_loss: undefined } }],
    ['that no gate has judged', { by: 'manual' }],
  ] as const)('starts from nothing for one %s', async ([, fields]) => {
    await recordDecision(store, sampleDecision('a', fields as Partial<Decision>));
    expect(await opponent()).toMatchObject({ kind: 'rival', rival: { tiedLoss: 0 } });
  });
});
