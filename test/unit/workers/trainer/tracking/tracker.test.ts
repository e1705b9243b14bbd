import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTracker } from '../../../../../workers/trainer/tracking/tracker.ts';
import { freePort } from '../../../../support/processes/local-process.ts';
import { startTrackingServer } from '../../../../support/stand-ins/tracking-server.ts';

const NOW = new Date('2026-11-24T03:00:00Z');

let nobody = '';

beforeAll(async () => {
  nobody = `http://127.0.0.1:${await freePort()}`;
});

async function trackChampion(environment: Readonly<Record<string, string>>, sendingTimeMs?: number) {
  const notes: string[] = [];
  const spool = join(await mkdtemp(join(tmpdir(), 'tracker-')), 'spool');
  const tracker = createTracker({
    environment: { TRACKING_DIRECTORY: spool, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1', ...environment },
    now: () => NOW,
    onProgress: () => undefined,
    onNote: (note) => notes.push(note),
    ...(sendingTimeMs !== undefined && { sendingTimeMs }),
  });
  await tracker.trackChampion('a-version', NOW);
  return { notes, kept: await readdir(environment.TRACKING_DIRECTORY ?? spool).catch(() => null) };
}

describe('the tracker', () => {
  it('does nothing where no server is named', async () => {
    expect(await trackChampion({})).toEqual({ notes: [], kept: null });
  });

  it('keeps what a server that is away has to be told, and says how it is sent', async () => {
    const { notes, kept } = await trackChampion({ MLFLOW_TRACKING_URI: nobody });
    expect(kept).toEqual(['20261124T030000000Z-a-version']);
    expect(notes).toEqual([expect.stringMatching(/not sent yet.*ECONNREFUSED.*npm run tracking -- send/)]);
  });

  it('says how many entries wait, and since when the oldest does', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tracker-'));
    for (const folder of ['20261119T020000000Z-old', '20261122T030000000Z-newer', 'by-hand']) {
      await mkdir(join(directory, folder));
    }
    const away = await trackChampion({ MLFLOW_TRACKING_URI: nobody, TRACKING_DIRECTORY: directory });
    expect(away.notes.join()).toContain(`4 entries wait, the oldest for 5 days: kept in ${directory}`);
    const wrong = await trackChampion({ MLFLOW_TRACKING_URI: 'databricks' });
    expect(wrong.notes.join()).toContain('1 entry waits, for less than an hour');
  });

  it('takes the time that it is given and no more, whatever a slow server asks for', async () => {
    await using server = await startTrackingServer();
    server.instead = () => new Promise<undefined>(() => undefined);
    const environment = { MLFLOW_TRACKING_URI: server.url };
    expect((await trackChampion(environment, 100)).notes.join()).toContain('no time is left');
    server.instead = () => undefined;
    expect(await trackChampion(environment, 30_000)).toMatchObject({ kept: [] });
  });

  it('keeps it when the configuration is wrong, and names what is', async () => {
    const { notes, kept } = await trackChampion({ MLFLOW_TRACKING_URI: 'databricks' });
    expect(kept).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining('MLFLOW_TRACKING_URI')]);
  });

  it('lets the command go on when nothing can be written', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tracker-')), 'a-file');
    await writeFile(file, '');
    const { notes } = await trackChampion({ MLFLOW_TRACKING_URI: nobody, TRACKING_DIRECTORY: file });
    expect(notes).toEqual([expect.stringContaining('a-version in service is not tracked')]);
  });
});
