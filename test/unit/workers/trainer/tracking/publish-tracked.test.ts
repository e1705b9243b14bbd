import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { createTracker, publishTracked } from '../../../../../workers/trainer/tracking/tracker.ts';
import { startTrackingServer, type TrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { newStore, SAMPLE_FILES, serve } from '../../../../support/tracking/stored-runs.ts';
import { sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { sampleTraining } from '../../../../support/trainer/sample-training.ts';

const NIGHTS = [1, 2, 3].map((day) => new Date(`2026-11-2${day}T03:00:00Z`));
const [FIRST, SECOND, THIRD] = NIGHTS as [Date, Date, Date];

let store: ObjectStore;
let notes: string[];

beforeEach(() => {
  store = newStore();
  notes = [];
});

function trackerOf(url: string) {
  return createTracker({
    environment: {
      MLFLOW_TRACKING_URI: url,
      TRACKING_DIRECTORY: mkdtempSync(join(tmpdir(), 'spool-')),
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
    },
    now: () => new Date('2026-11-23T04:00:00Z'),
    onProgress: () => undefined,
    onNote: (note) => notes.push(note),
  });
}

/** Stores a model and puts it into service unless it is refused, as publishing does. */
async function publish(version: string, at: Date, isRefused = false): Promise<void> {
  const { model, manifest } = sampleManifest(version, at);
  await storeModel(store, model, manifest);
  if (!isRefused) await serve(store, version, at);
}

/** One night: the model goes into service unless it is refused. */
function night(server: TrackingServer, version: string, at: Date, isRefused = false): Promise<void> {
  const training = sampleTraining(version, { action: isRefused ? 'refuse' : 'promote' }, at);
  return publishTracked(trackerOf(server.url), training, store, () => publish(version, at, isRefused));
}

const championOf = ({ memory }: TrackingServer) =>
  memory.versions?.[(memory.aliases.get('champion') ?? 0) - 1];
const tagsOf = ({ memory }: TrackingServer, version: string) =>
  [...memory.runs.values()].find(({ tags }) => tags.run_key === version && tags.part === 'run')?.tags;

describe('a tracked publication', () => {
  it('is logged with the decision', async () => {
    await using server = await startTrackingServer();
    await night(server, 'good', FIRST);
    await night(server, 'bad', SECOND, true);
    expect(tagsOf(server, 'good')).toMatchObject({ decision: 'promoted', went_into_service: 'yes' });
    expect(tagsOf(server, 'bad')).toMatchObject({ decision: 'refused', went_into_service: 'no' });
    expect(championOf(server)).toBe('good');
    expect([...server.memory.files].sort()).toEqual(['backtest.html', ...SAMPLE_FILES]);
  });

  it.each([
    ['before the pointer has moved', false],
    ['after the pointer has moved', true],
  ])('that fails %s is logged as it is, and fails as before', async (_, hasMoved) => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    const failing = publishTracked(
      trackerOf(server.url),
      sampleTraining('new', {}, SECOND),
      store,
      async () => {
        await publish('new', SECOND, !hasMoved);
        throw new RangeError('the disk is full');
      },
    );
    await expect(failing).rejects.toThrow(new RangeError('the disk is full'));
    const tags = tagsOf(server, 'new');
    expect(tags).toMatchObject({ decision: 'promoted', went_into_service: hasMoved ? 'yes' : 'no' });
    expect(tags?.['mlflow.note.content']).toContain('Publishing it failed: RangeError: the disk is full');
    expect(server.memory.versions).toEqual(['old', 'new']);
    expect(championOf(server)).toBe(hasMoved ? 'new' : 'old');
  });

  it('that is killed is recorded before the pointer changes; the next night logs it and corrects the champion', async () => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    let isRecorded = false;
    const served = Promise.withResolvers<'served'>();
    const killed = publishTracked(
      trackerOf(server.url),
      sampleTraining('new', {}, SECOND),
      store,
      async () => {
        isRecorded = (await store.get(objectKeys.runRecord('new'))) !== null;
        await publish('new', SECOND);
        served.resolve('served');
        return new Promise<never>(() => undefined);
      },
    );
    expect(await Promise.race([killed, served.promise])).toBe('served');
    expect((await readPointer(store))?.champion?.version).toBe('new');
    expect(isRecorded).toBe(true);
    expect(championOf(server)).toBe('old');

    await night(server, 'worse', THIRD, true);
    expect(server.memory.versions).toEqual(['old', 'new', 'worse']);
    expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'yes' });
    expect(championOf(server)).toBe('new');
  });

  it('removes the champion alias if the model in service was never logged', async () => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    await publish('made-elsewhere', SECOND);
    await night(server, 'worse', THIRD, true);
    expect(server.memory.aliases.has('champion')).toBe(false);
    expect(notes.join()).toContain('made-elsewhere is in service, but was never logged there');
    notes = [];
    await night(server, 'worse-again', new Date('2026-11-24T03:00:00Z'), true);
    expect(notes).toEqual([expect.stringContaining('MLflow: logged')]);
  });

  it('does not claim to know what is in service if the store cannot be read afterwards', async () => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    const unreadable = {
      ...store,
      get: () => Promise.reject(new Error('connection reset')),
      listEntries: () => Promise.reject(new Error('connection reset')),
    };
    const training = sampleTraining('new', {}, SECOND);
    await publishTracked(trackerOf(server.url), training, unreadable, () => publish('new', SECOND));
    expect(tagsOf(server, 'new')).toBeUndefined();
    expect(championOf(server)).toBe('old');
    expect(notes.at(-1)).toContain('connection reset');

    await night(server, 'worse', THIRD, true);
    expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'yes' });
    expect(championOf(server)).toBe('new');
  });

  it('is logged once and in full, even if another process logs it concurrently', async () => {
    await using server = await startTrackingServer();
    await publishTracked(trackerOf(server.url), sampleTraining('new', {}, FIRST), store, async () => {
      await trackerOf(server.url).logMissing(store);
      expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'no' });
      await publish('new', FIRST);
    });
    expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'yes' });
    const parents = [...server.memory.runs.values()].filter(({ tags }) => tags.part === 'run');
    expect(parents.map(({ status }) => status)).toEqual(['FINISHED']);
    expect([...server.memory.files].sort()).toEqual(['backtest.html', ...SAMPLE_FILES]);
    expect(championOf(server)).toBe('new');
  });
});
