import { expect, it } from 'vitest';
import { startTrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { logQuickly } from '../../../../support/tracking/log-quickly.ts';
import { newStore, sampleRecord, storeRun } from '../../../../support/tracking/stored-runs.ts';

const WINDOWS = 8;
/** Windows that are logged concurrently. */
const AT_ONCE = 4;

/** A store with one run of eight windows. */
async function storeOfWindows() {
  const store = newStore();
  const { windows, ...record } = sampleRecord('a');
  const [first] = windows;
  if (!first) throw new Error('no window');
  const numbered = Array.from({ length: WINDOWS }, (_, i) => {
    const part = `window ${i}`;
    return { ...first, part, tags: { ...first.tags, part } };
  });
  await storeRun(store, { ...record, windows: numbered });
  return store;
}

it('windows are logged concurrently, within what a small server can take', async () => {
  await using server = await startTrackingServer();
  const isWindow = (text: string) => text.includes('window ');
  const fourBegun = Promise.withResolvers<void>();
  /** For each window, how many had ended when it began. */
  const endedBefore: number[] = [];
  server.instead = async (request, body) => {
    if (!request.endsWith('runs/create') || !isWindow(body)) return undefined;
    const runs = [...server.memory.runs.values()];
    const ended = runs.filter(
      ({ tags, status }) => status === 'FINISHED' && isWindow(tags.part ?? ''),
    ).length;
    if (endedBefore.push(ended) === AT_ONCE) fourBegun.resolve();
    // None ends before four have begun.
    await fourBegun.promise;
    return undefined;
  };
  expect(await logQuickly(await storeOfWindows(), server)).toMatchObject({ logged: ['a'] });
  expect(endedBefore).toHaveLength(WINDOWS);
  endedBefore.forEach((ended, before) => {
    expect(before - ended, `windows under way when window ${before} began`).toBeLessThan(AT_ONCE);
  });
  expect(server.mostAtOnce).toBe(AT_ONCE);
  expect(server.memory.runs.size).toBe(1 + WINDOWS);
});

it('windows logged before another one failed are found, and not logged again', async () => {
  await using server = await startTrackingServer();
  const refused = { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'not today' } };
  const store = await storeOfWindows();
  // When window 2 is refused, another has ended, and window 3 has only begun.
  const oneHasEnded = Promise.withResolvers<void>();
  const isRefused = Promise.withResolvers<void>();
  server.instead = async (request, body) => {
    if (request.endsWith('runs/update')) oneHasEnded.resolve();
    if (!request.endsWith('runs/create')) return undefined;
    if (body.includes('"window 3"')) await isRefused.promise;
    if (!body.includes('"window 2"')) return undefined;
    await oneHasEnded.promise;
    isRefused.resolve();
    return refused;
  };
  expect(await logQuickly(store, server)).toMatchObject({
    logged: [],
    left: { a: expect.stringContaining('not today') },
  });
  server.instead = () => undefined;
  expect(await logQuickly(store, server)).toMatchObject({ logged: ['a'] });
  const parts = [...server.memory.runs.values()].map(({ tags, status }) => [tags.part, status]);
  const expected = ['run', ...Array.from({ length: WINDOWS }, (_, i) => `window ${i}`)];
  expect(parts.sort()).toEqual(expected.map((part) => [part, 'FINISHED']));
  const countOf = (end: string) => server.requests.filter((request) => request.endsWith(end)).length;
  expect(countOf('runs/create')).toBe(1 + WINDOWS + 1);
  expect(countOf('runs/log-batch')).toBe(1 + WINDOWS);
  expect(countOf('runs/delete')).toBe(0);
});

it('a run that was deleted on the server by hand stays deleted', async () => {
  await using server = await startTrackingServer();
  const store = newStore();
  await storeRun(store, sampleRecord('a'));
  await logQuickly(store, server);
  const parent = [...server.memory.runs.values()].find(({ tags }) => tags.part === 'run');
  if (!parent) throw new Error('the run is missing');
  parent.isDeleted = true;
  server.requests.length = 0;
  expect(await logQuickly(store, server)).toMatchObject({ logged: [], left: {} });
  expect(server.requests.filter((request) => /create|log-batch|set-tag/.test(request))).toEqual([]);
});
