import { describe, expect, it } from 'vitest';
import { startTrackingServer, type TrackingReply } from '../../../../support/stand-ins/tracking-server.ts';
import { logQuickly } from '../../../../support/tracking/log-quickly.ts';
import { sampleRecord, serve, storeOf, storeRun } from '../../../../support/tracking/stored-runs.ts';

const PROXY_PAGE: TrackingReply = { status: 404, body: '<html>no such page</html>' };
const ENDPOINT_NOT_FOUND: TrackingReply = {
  status: 404,
  body: { error_code: 'ENDPOINT_NOT_FOUND', message: 'no such endpoint' },
};
const isRegistry = (request: string) => /registered-models|model-versions/.test(request);

describe('a server without a model registry', () => {
  it('gets the runs, with one note about what is left out, if MLflow itself says so', async () => {
    await using server = await startTrackingServer();
    server.instead = (request) => (isRegistry(request) ? ENDPOINT_NOT_FOUND : undefined);
    const { logged, left, notes } = await logQuickly(await storeOf('a', 'b'), server);
    expect({ logged, left }).toEqual({ logged: ['a', 'b'], left: {} });
    expect(notes).toEqual([expect.stringContaining('no model registry there')]);
    expect([...server.memory.runs.values()].every(({ status }) => status === 'FINISHED')).toBe(true);
  });

  it("is not inferred from a proxy's page: version and champion follow once that is gone", async () => {
    await using server = await startTrackingServer();
    server.instead = (request) => (isRegistry(request) ? PROXY_PAGE : undefined);
    const store = await storeOf('a', 'b');
    const hidden = await logQuickly(store, server);
    expect(hidden).toEqual({
      logged: [],
      left: { a: expect.stringContaining('not a response of MLflow'), b: expect.any(String) },
      notes: [
        expect.stringContaining('whether the alias champion points to the model in service is unknown'),
      ],
    });
    const runs = server.memory.runs.size;
    expect(runs).toBe(6);

    server.instead = () => undefined;
    server.requests.length = 0;
    expect(await logQuickly(store, server)).toMatchObject({ logged: ['a', 'b'], left: {} });
    expect(server.memory).toMatchObject({ versions: ['a', 'b'], aliases: new Map([['champion', 2]]) });
    expect(server.memory.runs.size).toBe(runs);
    const changes = server.requests.filter(
      (request) => !isRegistry(request) && !/^GET|search$/.test(request),
    );
    // Only that the version exists now.
    expect(changes).toEqual(Array(2).fill('POST mlflow/runs/set-tag'));
  });

  it('does not delay the runs of later nights, however long such pages last', async () => {
    await using server = await startTrackingServer();
    server.instead = (request) => (isRegistry(request) ? PROXY_PAGE : undefined);
    const store = await storeOf('a');
    await logQuickly(store, server);
    await storeRun(store, sampleRecord('b'));
    await serve(store, 'b');
    await logQuickly(store, server);
    const parents = [...server.memory.runs.values()].filter(({ tags }) => tags.part === 'run');
    expect(parents.map(({ tags, status }) => [tags.run_key, status])).toEqual([
      ['a', 'FINISHED'],
      ['b', 'FINISHED'],
    ]);
  });
});
