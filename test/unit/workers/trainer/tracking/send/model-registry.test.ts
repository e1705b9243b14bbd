import { describe, expect, it } from 'vitest';
import { startTrackingServer, type TrackingReply } from '../../../../../support/stand-ins/tracking-server.ts';
import { send, spoolOf } from './send-fixture.ts';

const PROXY_PAGE: TrackingReply = { status: 404, body: '<html>no such page</html>' };
const ENDPOINT_NOT_FOUND: TrackingReply = {
  status: 404,
  body: { error_code: 'ENDPOINT_NOT_FOUND', message: 'no such endpoint' },
};
const isRegistry = (request: string) => /registered-models|model-versions/.test(request);

describe('a server without a model registry', () => {
  it('gets the run, and a note says what is left out, when MLflow itself says so', async () => {
    await using server = await startTrackingServer();
    server.instead = (request) => (isRegistry(request) ? ENDPOINT_NOT_FOUND : undefined);
    const { sent, left, notes } = await send(await spoolOf('a'), server);
    expect({ sent, left }).toEqual({ sent: ['a'], left: {} });
    expect(notes.join()).toContain('no model registry there');
    expect([...server.memory.runs.values()].every(({ isFinished }) => isFinished)).toBe(true);
  });

  it('is not made out of the page of a proxy: version and champion follow once that is gone', async () => {
    await using server = await startTrackingServer();
    server.instead = (request) => (isRegistry(request) ? PROXY_PAGE : undefined);
    const spool = await spoolOf('a', 'b');
    const hidden = await send(spool, server);
    expect(hidden).toEqual({
      sent: [],
      left: { a: expect.stringContaining('not an answer of MLflow'), b: expect.any(String) },
      notes: [],
    });
    const runs = server.memory.runs.size;
    expect(runs).toBe(6);

    server.instead = () => undefined;
    server.requests.length = 0;
    expect(await send(spool, server)).toMatchObject({ sent: ['a', 'b'], left: {} });
    expect(server.memory).toMatchObject({ versions: ['a', 'b'], aliases: new Map([['champion', 2]]) });
    expect(server.memory.runs.size).toBe(runs);
    expect(server.requests.filter((request) => !isRegistry(request))).toEqual([]);
  });

  it('is believed in after two weeks of such pages, so that entries do not wait for ever', async () => {
    await using server = await startTrackingServer();
    server.instead = (request) => (isRegistry(request) ? PROXY_PAGE : undefined);
    const spool = await spoolOf('a', 'b');
    const late = await send(spool, server, new Date('2026-12-07T12:00:00Z'));
    expect(late).toMatchObject({ sent: ['a'], left: { b: expect.any(String) } });
    expect(late.notes.join()).toContain('no model registry there');
  });
});
