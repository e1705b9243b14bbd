import { describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { recordDecision } from '../../../../../shared/artifacts/registry.ts';
import { listMissing } from '../../../../../workers/trainer/tracking/log-missing.ts';
import { storeRunRecord } from '../../../../../workers/trainer/tracking/run-record.ts';
import { startTrackingServer, type TrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { logQuickly } from '../../../../support/tracking/log-quickly.ts';
import { sampleConnection } from '../../../../support/tracking/sample-connection.ts';
import {
  newStore,
  SAMPLE_FILES,
  sampleRecord,
  serve,
  storeOf,
  storeRun,
} from '../../../../support/tracking/stored-runs.ts';
import { sampleDecision, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';

const parentsOf = ({ memory }: TrackingServer) =>
  [...memory.runs.values()].filter(({ tags }) => tags.part === 'run');
const keysOf = (server: TrackingServer) => parentsOf(server).map(({ tags }) => tags.run_key);
const parentOf = (server: TrackingServer, version: string) =>
  parentsOf(server).find(({ tags }) => tags.run_key === version);
const isChange = (request: string) => !/^GET|runs\/search$/.test(request);

function missingIn(store: ObjectStore, { url }: TrackingServer): Promise<string[]> {
  const { connection } = sampleConnection([], { baseUrl: url, fetch });
  return listMissing(store, { connection, experiment: 'experiment', model: 'model' });
}

describe('logMissing', () => {
  it('logs every run, version and the champion without faults, and then nothing more', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a', 'b');
    expect(await missingIn(store, server)).toEqual(['a', 'b']);
    expect(await logQuickly(store, server)).toEqual({ logged: ['a', 'b'], left: {}, notes: [] });
    expect(server.memory).toMatchObject({ versions: ['a', 'b'], aliases: new Map([['champion', 2]]) });
    expect([...server.memory.runs.values()].every(({ status }) => status === 'FINISHED')).toBe(true);
    expect([...server.memory.files].sort()).toEqual(SAMPLE_FILES);
    expect(await missingIn(store, server)).toEqual([]);

    server.requests.length = 0;
    expect(await logQuickly(store, server)).toEqual({ logged: [], left: {}, notes: [] });
    expect(server.requests.filter(isChange)).toEqual([]);
    expect(server.requests).toHaveLength(4);
  });

  it('finds its runs among many newer ones of other stores', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a');
    await logQuickly(store, server);
    for (let i = 0; i < 100; i++) {
      server.memory.runs.set(`other-${i}`, {
        tags: { part: 'run', run_key: `other-${i}` },
        status: 'FINISHED',
      });
    }
    expect(await missingIn(store, server)).toEqual([]);
    server.requests.length = 0;
    expect(await logQuickly(store, server)).toMatchObject({ logged: [], left: {} });
    expect(server.requests.filter(isChange)).toEqual([]);
  });

  it('copies everything to a new server', async () => {
    await using before = await startTrackingServer();
    await using server = await startTrackingServer();
    const store = await storeOf('a', 'b');
    await logQuickly(store, before);
    expect(await logQuickly(store, server)).toMatchObject({ logged: ['a', 'b'] });
    expect(server.memory).toEqual(before.memory);
  });

  it.each([
    [
      'a record that cannot be read',
      (store: ObjectStore) => store.put(objectKeys.runRecord('damaged'), '{"kind":'),
      objectKeys.runRecord('damaged'),
    ],
    [
      'a manifest that cannot be read',
      (store: ObjectStore) => store.put(objectKeys.modelFile('damaged', 'manifest.json'), '{}'),
      objectKeys.modelFile('damaged', 'manifest.json'),
    ],
  ])('skips a run with %s, names the object, and logs the runs after it', async (_, damage, key) => {
    await using server = await startTrackingServer();
    const store = await storeOf('damaged', 'whole');
    await damage(store);
    const { logged, left } = await logQuickly(store, server);
    expect(logged).toEqual(['whole']);
    expect(left).toEqual({ damaged: expect.stringContaining(key) });
    expect(keysOf(server)).toContain('whole');
  });

  it('skips a run whose files cannot be read', async () => {
    await using server = await startTrackingServer();
    const whole = await storeOf('damaged', 'whole');
    const key = objectKeys.modelFile('damaged', 'model.ubj');
    const get = (name: string) =>
      name === key ? Promise.reject(new Error(`${name}: access denied`)) : whole.get(name);
    const { logged, left } = await logQuickly({ ...whole, get }, server);
    expect(logged).toEqual(['whole']);
    expect(left).toEqual({ damaged: `${key}: access denied` });
  });

  it('skips what the server fails at repeatedly, night after night', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a-poison', 'b-also-poison', 'c-fine');
    const failsAt = new Set(['a-poison', 'b-also-poison']);
    server.instead = (name, body) => {
      const key = /"run_key","value":"([^"]+)"/.exec(body)?.[1] ?? '';
      if (!name.endsWith('runs/create') || !failsAt.has(key)) return undefined;
      return { status: 500, body: { error_code: 'INTERNAL_ERROR', message: `cannot store ${key}` } };
    };
    for (const night of ['c-fine', 'd-next-night']) {
      if (night === 'd-next-night') await storeRun(store, sampleRecord(night));
      const { logged, left } = await logQuickly(store, server);
      expect(logged).toEqual([night]);
      expect(left).toEqual({
        'a-poison': expect.stringContaining('cannot store a-poison'),
        'b-also-poison': expect.stringContaining('cannot store b-also-poison'),
      });
    }
  });

  it('does not try every run with a server that does not respond', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a', 'b', 'c', 'd');
    server.instead = () => ({ status: 503, body: 'upgrading' });
    await expect(logQuickly(store, server)).rejects.toThrow('503 upgrading');
    // Four attempts of the first request.
    expect(server.requests).toHaveLength(4);
  });

  it('does not try every run with a server that goes away while the first is logged', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('e-logged-before');
    await logQuickly(store, server);
    server.requests.length = 0;
    for (const version of ['a', 'b', 'c', 'd']) await storeRun(store, sampleRecord(version));
    let isUp = true;
    server.instead = (request) => {
      if (request.endsWith('runs/create')) isUp = false;
      return isUp ? undefined : { status: 503, body: 'upgrading' };
    };
    const { logged, left } = await logQuickly(store, server);
    expect(logged).toEqual([]);
    expect(Object.keys(left)).toEqual(['a', 'b', 'c', 'd']);
    expect(Object.values(left)).toEqual(Array(4).fill(expect.stringContaining('503 upgrading')));
    expect(server.requests.filter((request) => request.endsWith('runs/create'))).toHaveLength(1);
    // Only the server itself is checked once more.
    const asked = server.requests.lastIndexOf('GET mlflow/experiments/get-by-name');
    expect(server.requests.length - asked).toBe(1);
  });

  it('records the outcome of a model, even if it changes after its run was logged', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a', 'b');
    await storeRun(store, sampleRecord('c-refused'));
    await logQuickly(store, server);
    const servedTags = () => parentsOf(server).map(({ tags }) => tags.went_into_service);
    expect(servedTags()).toEqual(['yes', 'yes', 'no']);
    await serve(store, 'c-refused');
    expect(await logQuickly(store, server)).toMatchObject({ logged: [] });
    expect(servedTags()).toEqual(['yes', 'yes', 'yes']);
    expect(server.memory.aliases.get('champion')).toBe(3);
  });

  it('knows from the decisions that a model was in service, even if the pointer has forgotten it', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a', 'b');
    await storeRun(store, sampleRecord('forgotten'));
    await recordDecision(store, sampleDecision('b', { champion: 'forgotten' }));
    await logQuickly(store, server);
    expect(parentOf(server, 'forgotten')?.tags.went_into_service).toBe('yes');
  });

  it('logs a run that was killed before its model was stored as failed, and updates it once it is stored', async () => {
    await using server = await startTrackingServer();
    const store = newStore();
    await storeRunRecord(store, sampleRecord('a'));
    expect(await logQuickly(store, server)).toMatchObject({ logged: ['a'], left: {} });
    expect(parentOf(server, 'a')?.status).toBe('FAILED');
    expect(server.memory.versions).toBeNull();
    expect(await logQuickly(store, server)).toMatchObject({ logged: [] });
    const { manifest } = sampleManifest('a');
    await store.put(objectKeys.modelFile('a', 'model.ubj'), 'trees');
    await store.put(objectKeys.modelFile('a', 'manifest.json'), JSON.stringify(manifest));
    expect(await logQuickly(store, server)).toMatchObject({ logged: ['a'] });
    expect(parentOf(server, 'a')?.status).toBe('FINISHED');
    expect(server.memory).toMatchObject({ versions: ['a'], runs: { size: 3 } });
    expect([...server.memory.files].sort()).toEqual(SAMPLE_FILES);
  });

  it('logs a run that its data checks stopped, once, with their findings', async () => {
    await using server = await startTrackingServer();
    const store = await storeOf('a');
    const checks = (severity: string, allowed: readonly string[] = []) => ({
      schema_version: 1,
      dataset: 'small',
      first_date: '2026-01-01',
      last_date: '2026-11-22',
      series: 2,
      checks: [{ name: 'missing-days', severity, finding: '28 days have no value', figures: {}, fix: null }],
      allowed,
    });
    for (const passed of [checks('warning'), checks('failure', ['missing-days'])]) {
      await store.put(objectKeys.lastDataChecks, JSON.stringify(passed));
      await logQuickly(store, server);
      expect(keysOf(server)).toEqual(['a']);
    }
    await store.put(objectKeys.lastDataChecks, JSON.stringify(checks('failure')));
    const { logged } = await logQuickly(store, server);
    expect(logged).toEqual([expect.stringMatching(/^data-checks-[0-9a-f]{12}$/)]);
    const run = parentOf(server, logged[0] ?? '');
    expect(run).toMatchObject({
      status: 'FAILED',
      tags: { failed_checks: 'missing-days', dataset: 'small' },
    });
    expect(run?.tags['mlflow.note.content']).toContain('missing-days: 28 days have no value');
    expect(server.memory.files).toContain('data-checks.json');
    expect(server.memory.versions).toEqual(['a']);
    expect(await logQuickly(store, server)).toMatchObject({ logged: [] });
    expect(keysOf(server)).toHaveLength(2);
  });
});
