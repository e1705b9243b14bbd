import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { aFewAtATime } from '../../../../../../workers/trainer/tracking/send/map-concurrent.ts';
import { openSending } from '../../../../../../workers/trainer/tracking/send/sending.ts';
import type { Progress, SpoolEntry } from '../../../../../../workers/trainer/tracking/spool/spool-entry.ts';
import { startTrackingServer } from '../../../../../support/stand-ins/tracking-server.ts';
import { sampleConnection } from '../../../../../support/tracking/sample-connection.ts';
import { sampleRecord } from '../../../../../support/tracking/sample-record.ts';
import { NOW, send, spoolOf } from './send-fixture.ts';

const WINDOWS = 8;
/** Windows that are sent at the same time. */
const AT_ONCE = 4;

/** A spool with one run of eight windows. */
async function spoolOfWindows() {
  const spool = await spoolOf();
  const { windows, ...record } = sampleRecord('a');
  const [first] = windows;
  if (!first) throw new Error('no window');
  const numbered = Array.from({ length: WINDOWS }, (_, i) => {
    const part = `window ${i}`;
    return { ...first, part, tags: { ...first.tags, part } };
  });
  await spool.add({ ...record, windows: numbered, artifacts: [] }, NOW);
  return spool;
}

it('windows are sent at the same time, but not so many that a small server chokes', async () => {
  await using server = await startTrackingServer();
  const isWindow = (text: string) => text.includes('window ');
  const fourBegun = Promise.withResolvers<void>();
  /** Windows that had ended when each of them began. */
  const endedBefore: number[] = [];
  server.instead = async (request, body) => {
    if (!request.endsWith('runs/create') || !isWindow(body)) return undefined;
    const runs = [...server.memory.runs.values()];
    const ended = runs.filter(({ tags, isFinished }) => isFinished && isWindow(tags.part ?? '')).length;
    if (endedBefore.push(ended) === AT_ONCE) fourBegun.resolve();
    // None ends before four have begun.
    await fourBegun.promise;
    return undefined;
  };
  expect(await send(await spoolOfWindows(), server)).toMatchObject({ sent: ['a'] });
  expect(endedBefore).toHaveLength(WINDOWS);
  endedBefore.forEach((ended, before) => {
    expect(before - ended, `windows under way when window ${before} began`).toBeLessThan(AT_ONCE);
  });
  expect(server.mostAtOnce).toBe(AT_ONCE);
  expect(server.memory.runs.size).toBe(1 + WINDOWS);
});

it('what other windows had reached when one failed is noted, and not done again', async () => {
  await using server = await startTrackingServer();
  const refused = { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'not today' } };
  const spool = await spoolOfWindows();
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
  expect(await send(spool, server)).toMatchObject({
    sent: [],
    left: { a: expect.stringContaining('not today') },
  });
  server.instead = () => undefined;
  expect(await send(spool, server)).toMatchObject({ sent: ['a'] });
  const parts = [...server.memory.runs.values()].map(({ tags, isFinished }) => [tags.part, isFinished]);
  const expected = ['run', ...Array.from({ length: WINDOWS }, (_, i) => `window ${i}`)];
  expect(parts.sort()).toEqual(expected.map((part) => [part, true]));
  const countOf = (end: string) => server.requests.filter((request) => request.endsWith(end)).length;
  expect(countOf('runs/create')).toBe(1 + WINDOWS + 1);
  expect(countOf('runs/log-batch')).toBe(1 + WINDOWS);
  expect(countOf('runs/delete')).toBe(0);
});

it('progress is noted in the order in which it was made, however long writing takes', async () => {
  const written: (readonly string[])[] = [];
  const fastIsDone = Promise.withResolvers<void>();
  let writes = 0;
  const entry = {
    since: null,
    readProgress: () => Promise.resolve(null),
    async writeProgress({ done }: Progress) {
      if (writes++ === 0) {
        await fastIsDone.promise;
        await nextTurn();
      }
      written.push(done);
    },
  } as unknown as SpoolEntry;
  const target = { connection: sampleConnection([]).connection, experiment: 'experiment', model: 'model' };
  const quiet = { now: () => NOW, onNote: () => undefined, onStep: () => Promise.resolve() };
  const sending = await openSending(entry, target, quiet);
  const slow = sending.step('slow', () => Promise.resolve());
  const fast = sending.step('fast', async () => {
    await nextTurn();
    expect(writes).toBe(1);
    fastIsDone.resolve();
  });
  await Promise.all([slow, fast]);
  expect(written.at(-1)).toEqual(['slow', 'fast']);
});

it('after a failure nothing new is begun, and what is under way ends first', async () => {
  const done: number[] = [];
  const begun: number[] = [];
  const second = Promise.withResolvers<void>();
  const running = aFewAtATime([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('the first');
    await second.promise;
    done.push(item);
  });
  let hasSettled = false;
  const settled = running.catch(() => undefined).then(() => (hasSettled = true));
  await nextTurn();
  expect({ hasSettled, begun }).toEqual({ hasSettled: false, begun: [1, 2] });
  second.resolve();
  await settled;
  await expect(running).rejects.toThrow('the first');
  expect({ begun, done }).toEqual({ begun: [1, 2], done: [2] });
});
