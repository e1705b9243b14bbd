import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { LEGACY_CHAMPION_KEY } from '../../../../../shared/artifacts/legacy-publication.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { DAY_MS } from '../../../../../shared/calendar/day-number.ts';
import {
  holdByHand,
  promote,
  releaseByHand,
  rollBackByHand,
} from '../../../../../workers/trainer/publish/change-champion.ts';
import { planPruning, pruneModels } from '../../../../../workers/trainer/publish/prune-models.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { makeLegacy } from '../../../../support/object-store/make-legacy.ts';
import { AT, sampleDecision } from '../../../../support/trainer/sample-trained-model.ts';
import { CONTRACT, FIRST_NIGHT, fill, NEXT_NIGHT, publish, RULES } from './nights.ts';
import { askApi, whatPipelineFinds } from './what-readers-find.ts';

const SERIES = ['1:A', '2:A'];

async function openLegacy() {
  const store = createDatedStore();
  store.now = AT;
  await fill(store);
  const pipeline = await whatPipelineFinds(store);
  const answers = await askApi(store, FIRST_NIGHT.liveFrom, SERIES);
  await makeLegacy(store);
  return { store, pipeline, answers };
}

describe('an object store in the old layout', () => {
  it('is read as one publication, by pipeline and API', async () => {
    const { store, pipeline, answers } = await openLegacy();
    expect(await whatPipelineFinds(store)).toEqual(pipeline);
    expect(await askApi(store, FIRST_NIGHT.liveFrom, SERIES)).toEqual(answers);
    expect(await store.list(objectKeys.publications)).toEqual([]);
  });

  it('gets publications with the next night, and can be rolled back to as it was', async () => {
    const { store, pipeline, answers } = await openLegacy();
    await publish(store, 'new', NEXT_NIGHT);
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'new',
      previous: [{ version: 'old' }],
    });
    expect(await whatPipelineFinds(store)).toMatchObject({
      liveFrom: NEXT_NIGHT.liveFrom,
      missingSheets: [],
    });
    await rollBackByHand(store, { part: 'both', isHeld: false }, CONTRACT, { at: AT });
    expect(await whatPipelineFinds(store)).toEqual(pipeline);
    expect(await askApi(store, FIRST_NIGHT.liveFrom, SERIES)).toEqual(answers);
  });

  it('keeps champion, earlier champions and hold through a change by hand', async () => {
    const { store, pipeline } = await openLegacy();
    const champion = {
      version: 'old',
      promoted_at: '2026-11-20T03:00:00.000Z',
      previous: [{ version: 'refused-1', promoted_at: '2026-11-19T03:00:00.000Z' }],
    };
    await store.put(LEGACY_CHAMPION_KEY, JSON.stringify(champion));
    expect((await readPointer(store))?.champion).toEqual(champion);
    const reason = 'promotions are wrong';
    await holdByHand(store, { at: AT, reason });
    const hold = { since: AT.toISOString(), reason };
    expect((await readPointer(store))?.champion).toEqual({ ...champion, hold });
    await releaseByHand(store, { at: AT });
    await promote(store, 'refused-2', CONTRACT, AT);
    expect((await readPointer(store))?.champion?.previous.map(({ version }) => version)).toEqual([
      'old',
      'refused-1',
    ]);
    expect(await whatPipelineFinds(store)).toEqual(pipeline);
    await rollBackByHand(store, { to: 'refused-1', isHeld: false }, CONTRACT, { at: AT });
    expect((await readPointer(store))?.champion?.version).toBe('refused-1');
  });

  it('loses its objects to pruning once no rollback can reach them', async () => {
    const { store } = await openLegacy();
    await pruneModels(store, await planPruning(store, RULES, new Date(AT.getTime() + 5 * DAY_MS)));
    expect(await whatPipelineFinds(store)).toMatchObject({ missingSheets: [] });
    for (let night = 1; night <= 9; night++) {
      const now = new Date(AT.getTime() + night * DAY_MS);
      store.now = now;
      const decision = sampleDecision(`night-${night}`, { action: 'refuse', champion: 'old' });
      await publish(store, `night-${night}`, NEXT_NIGHT, { now, decision });
      await pruneModels(store, await planPruning(store, RULES, now));
    }
    expect(await store.list('replay/')).toEqual([]);
    expect(await store.list(datasetNames.catalog)).toEqual([]);
    expect(await store.list(LEGACY_CHAMPION_KEY)).toEqual([]);
    expect(await whatPipelineFinds(store)).toMatchObject({
      liveFrom: NEXT_NIGHT.liveFrom,
      missingSheets: [],
    });
  });
});
