import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { promote } from '../../../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { openSpool, type Spool } from '../../../../../workers/trainer/tracking/spool/spool.ts';
import { createTracker, publishTracked } from '../../../../../workers/trainer/tracking/tracker.ts';
import { startTrackingServer, type TrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { CONTRACT, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { sampleTraining } from '../../../../support/trainer/sample-training.ts';

const NIGHTS = [1, 2, 3].map((day) => new Date(`2026-11-2${day}T03:00:00Z`));
const [FIRST, SECOND, THIRD] = NIGHTS as [Date, Date, Date];

let store: ObjectStore;
let spool: Spool;
let notes: string[];

beforeEach(() => {
  store = createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));
  spool = openSpool(mkdtempSync(join(tmpdir(), 'spool-')), () => new Date());
  notes = [];
});

function trackerOf(url: string) {
  return createTracker({
    environment: {
      MLFLOW_TRACKING_URI: url,
      TRACKING_DIRECTORY: spool.directory,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
    },
    now: () => new Date('2026-11-23T04:00:00Z'),
    onProgress: () => undefined,
    onNote: (note) => notes.push(note),
  });
}

/** Puts a model into service, as publishing does last. */
async function serve(version: string, at: Date): Promise<void> {
  const { model, manifest } = sampleManifest(version, at);
  await storeModel(store, model, manifest);
  await promote(store, version, CONTRACT, at);
}

/** One night: the model goes into service unless it is refused. */
function night(server: TrackingServer, version: string, at: Date, isRefused = false): Promise<void> {
  const training = sampleTraining(version, { action: isRefused ? 'refuse' : 'promote' }, at);
  return publishTracked(trackerOf(server.url), training, store, async () => {
    if (!isRefused) await serve(version, at);
  });
}

const championOf = ({ memory }: TrackingServer) =>
  memory.versions?.[(memory.aliases.get('champion') ?? 0) - 1];
const tagsOf = ({ memory }: TrackingServer, version: string) =>
  [...memory.runs.values()].find(({ tags }) => tags.run_key === version && tags.part === 'run')?.tags;

describe('publishing a tracked run', () => {
  it('is told with what became of the model', async () => {
    await using server = await startTrackingServer();
    await night(server, 'good', FIRST);
    await night(server, 'bad', SECOND, true);
    expect(tagsOf(server, 'good')).toMatchObject({ decision: 'promoted', went_into_service: 'yes' });
    expect(tagsOf(server, 'bad')).toMatchObject({ decision: 'refused', went_into_service: 'no' });
    expect(championOf(server)).toBe('good');
    expect(await spool.list()).toEqual([]);
  });

  it.each([
    ['before the pointer has moved', false],
    ['after the pointer has moved', true],
  ])('that fails %s is told as it is, and fails as before', async (_, hasMoved) => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    const failing = publishTracked(
      trackerOf(server.url),
      sampleTraining('new', {}, SECOND),
      store,
      async () => {
        if (hasMoved) await serve('new', SECOND);
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

  it('that is killed is on disk before the pointer moves; the next night tells it and puts the champion right', async () => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    let onDisk: (string | undefined)[] = [];
    const served = Promise.withResolvers<'served'>();
    const killed = publishTracked(
      trackerOf(server.url),
      sampleTraining('new', {}, SECOND),
      store,
      async () => {
        onDisk = (await spool.list()).map(({ name }) => name.split('-').pop());
        await serve('new', SECOND);
        served.resolve('served');
        return new Promise<never>(() => undefined);
      },
    );
    expect(await Promise.race([killed, served.promise])).toBe('served');
    expect((await readPointer(store))?.champion?.version).toBe('new');
    expect(onDisk).toEqual(['new']);
    expect(championOf(server)).toBe('old');

    await night(server, 'worse', THIRD, true);
    expect(server.memory.versions).toEqual(['old', 'new', 'worse']);
    expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'not known' });
    expect(championOf(server)).toBe('new');
    expect(notes.join()).toContain('the alias champion did not mean what is in service; it means new now');
  });

  it('has the alias mean nothing rather than another model when what is in service was never sent', async () => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    await serve('made-elsewhere', SECOND);
    await night(server, 'worse', THIRD, true);
    expect(server.memory.aliases.has('champion')).toBe(false);
    expect(notes.join()).toContain('made-elsewhere has never been sent there');
    notes = [];
    await night(server, 'worse-again', new Date('2026-11-24T03:00:00Z'), true);
    expect(notes).toEqual([expect.stringContaining('MLflow: sent')]);
  });

  it('does not claim to know what is in service when the store cannot be read afterwards', async () => {
    await using server = await startTrackingServer();
    await night(server, 'old', FIRST);
    const unreadable = { get: () => Promise.reject(new Error('connection reset')) };
    const training = sampleTraining('new', {}, SECOND);
    await publishTracked(trackerOf(server.url), training, unreadable, () => Promise.resolve());
    expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'not known' });
    expect(championOf(server)).toBe('old');
  });

  it('is told in full also where another process has sent what was kept', async () => {
    await using server = await startTrackingServer();
    await publishTracked(trackerOf(server.url), sampleTraining('new', {}, FIRST), store, async () => {
      const [entry] = await spool.list();
      await rm(join(spool.directory, entry?.name ?? 'none'), { recursive: true });
      await serve('new', FIRST);
    });
    expect(tagsOf(server, 'new')).toMatchObject({ went_into_service: 'yes' });
    expect(server.memory.files.size).toBe(6);
    expect(championOf(server)).toBe('new');
  });
});
