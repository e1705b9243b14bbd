import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { createTracker } from '../../../../../workers/trainer/tracking/tracker.ts';
import { freePort } from '../../../../support/processes/local-process.ts';
import { startTrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { storeOf } from '../../../../support/tracking/stored-runs.ts';
import { sampleTraining } from '../../../../support/trainer/sample-training.ts';

let unreachable = '';
let store: ObjectStore;

beforeAll(async () => {
  unreachable = `http://127.0.0.1:${await freePort()}`;
});
beforeEach(async () => {
  store = await storeOf('a');
});

async function trackerOf(environment: Readonly<Record<string, string>>, loggingTimeMs?: number) {
  const notes: string[] = [];
  const spool = await mkdtemp(join(tmpdir(), 'tracker-'));
  const tracker = createTracker({
    environment: { TRACKING_DIRECTORY: spool, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1', ...environment },
    now: () => new Date('2026-11-24T03:00:00Z'),
    onProgress: () => undefined,
    onNote: (note) => notes.push(note),
    ...(loggingTimeMs !== undefined && { loggingTimeMs }),
  });
  return { tracker, notes };
}

/** @returns its notes */
async function logMissing(environment: Readonly<Record<string, string>>, loggingTimeMs?: number) {
  const { tracker, notes } = await trackerOf(environment, loggingTimeMs);
  await tracker.logMissing(store);
  return notes;
}

describe('the tracker', () => {
  it('does nothing without a configured server', async () => {
    expect(await logMissing({})).toEqual([]);
  });

  it('reports an unreachable server, and how missing runs will be logged', async () => {
    const notes = await logMissing({ MLFLOW_TRACKING_URI: unreachable });
    expect(notes).toEqual([
      expect.stringMatching(/not logged yet: whatever is missing.*ECONNREFUSED.*npm run tracking/),
    ]);
  });

  it('names the remaining runs, and a few of the reasons', async () => {
    await using server = await startTrackingServer();
    store = await storeOf('a', 'b', 'c', 'd', 'e');
    server.instead = (request, body) => {
      const key = /"run_key","value":"([^"]+)"/.exec(body)?.[1];
      const refused = { error_code: 'INVALID_PARAMETER_VALUE', message: `not ${key}` };
      return request.endsWith('runs/create') && key !== 'a' ? { status: 400, body: refused } : undefined;
    };
    const [sent, left] = await logMissing({ MLFLOW_TRACKING_URI: server.url });
    expect(sent).toBe(`MLflow: logged a to ${server.url}.`);
    expect(left).toMatch(/not logged yet: b, c, d, e \(.*not b; .*not c; .*not d\)/);
    expect(left).not.toContain('not e');
  });

  it('takes no longer than its time limit, whatever a slow server asks for', async () => {
    await using server = await startTrackingServer();
    server.instead = () => new Promise<undefined>(() => undefined);
    const environment = { MLFLOW_TRACKING_URI: server.url };
    expect((await logMissing(environment, 100)).join()).toContain('no time is left');
    server.instead = () => undefined;
    expect(await logMissing(environment, 30_000)).toEqual([`MLflow: logged a to ${server.url}.`]);
  });

  it('lets the command continue with an invalid configuration, and names the problem', async () => {
    expect(await logMissing({ MLFLOW_TRACKING_URI: 'databricks' })).toEqual([
      expect.stringContaining('MLFLOW_TRACKING_URI'),
    ]);
  });

  it('lets the command continue if the store cannot be read', async () => {
    const listEntries = () => Promise.reject(new Error('connection reset'));
    store = { ...store, listEntries };
    await using server = await startTrackingServer();
    expect(await logMissing({ MLFLOW_TRACKING_URI: server.url })).toEqual([
      expect.stringMatching(/not logged yet.*connection reset/),
    ]);
  });

  it('lets the command continue if a record cannot be stored, and stores records even without a server', async () => {
    const { tracker, notes } = await trackerOf({});
    const full = { ...store, put: () => Promise.reject(new Error('the store is full')) };
    await tracker.recordRun(full, sampleTraining('new'), null);
    expect(notes).toEqual([expect.stringMatching(/new is not tracked.*the store is full/)]);
    await tracker.recordRun(store, sampleTraining('new'), null);
    expect(await store.get(objectKeys.runRecord('new'))).not.toBeNull();
  });
});
