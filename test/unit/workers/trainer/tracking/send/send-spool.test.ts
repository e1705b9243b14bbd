import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  startTrackingServer,
  type TrackingServer,
} from '../../../../../support/stand-ins/tracking-server.ts';
import { SAMPLE_FILES, sampleRecord } from '../../../../../support/tracking/sample-record.ts';
import { NOW, send, spoolOf } from './send-fixture.ts';

const keysOf = ({ memory }: TrackingServer) =>
  [...memory.runs.values()].filter(({ tags }) => tags.part === 'run').map(({ tags }) => tags.run_key);

describe('sending a spool', () => {
  it.each([
    ['a file that is missing', (folder: string) => rm(join(folder, 'files', 'manifest.json'))],
    [
      'a folder in place of a file',
      async (folder: string) => {
        await rm(join(folder, 'files', 'manifest.json'));
        await mkdir(join(folder, 'files', 'manifest.json'));
      },
    ],
    ['a record that cannot be read', (folder: string) => writeFile(join(folder, 'record.json'), '{"kind":')],
    ['progress that cannot be noted', (folder: string) => mkdir(join(folder, 'progress.json'))],
  ])('passes over an entry with %s, names its folder, and sends what comes after it', async (_, damage) => {
    await using server = await startTrackingServer();
    const spool = await spoolOf('damaged', 'whole');
    const [first = ''] = (await readdir(spool.directory)).sort();
    await damage(join(spool.directory, first));
    const { sent, left } = await send(spool, server);
    expect(sent).toEqual(['whole']);
    expect(left).toEqual({ damaged: expect.stringContaining(join(spool.directory, first)) });
    expect(keysOf(server)).toContain('whole');
  });

  it('passes over what the server fails at again and again, night after night', async () => {
    await using server = await startTrackingServer();
    const spool = await spoolOf('poison', 'also-poison', 'fine');
    const failsAt = new Set(['poison', 'also-poison']);
    server.instead = (name, body) => {
      const key = /"run_key","value":"([^"]+)"/.exec(body)?.[1] ?? '';
      if (!name.endsWith('runs/create') || !failsAt.has(key)) return undefined;
      return { status: 500, body: { error_code: 'INTERNAL_ERROR', message: `cannot store ${key}` } };
    };
    for (const night of ['fine', 'next-night']) {
      if (night === 'next-night') await spool.add(sampleRecord(night), NOW, SAMPLE_FILES);
      const { sent, left } = await send(spool, server);
      expect(sent).toEqual([night]);
      expect(left).toEqual({
        poison: expect.stringContaining('cannot store poison'),
        'also-poison': expect.stringContaining('cannot store also-poison'),
      });
    }
  });

  it('does not try every entry with a server that does nothing at all', async () => {
    await using server = await startTrackingServer();
    const spool = await spoolOf('a', 'b', 'c', 'd');
    server.instead = () => ({ status: 503, body: 'upgrading' });
    const { sent, left } = await send(spool, server);
    expect(sent).toEqual([]);
    expect(Object.values(left)).toEqual(Array(4).fill(expect.stringContaining('503 upgrading')));
    // Four tries of the first request, and one question whether it is the server.
    expect(server.requests).toHaveLength(5);
  });

  it('tells every version and the champion when nothing is in the way', async () => {
    await using server = await startTrackingServer();
    const { sent, left } = await send(await spoolOf('a', 'b'), server);
    expect({ sent, left }).toEqual({ sent: ['a', 'b'], left: {} });
    expect(server.memory).toMatchObject({ versions: ['a', 'b'], aliases: new Map([['champion', 2]]) });
    expect([...server.memory.runs.values()].every(({ isFinished }) => isFinished)).toBe(true);
    expect([...server.memory.files].sort()).toEqual([...SAMPLE_FILES.keys()]);
  });
});
