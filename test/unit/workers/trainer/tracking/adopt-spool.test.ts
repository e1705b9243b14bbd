import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { adoptSpool } from '../../../../../workers/trainer/tracking/adopt-spool.ts';
import { startTrackingServer } from '../../../../support/stand-ins/tracking-server.ts';
import { logQuickly } from '../../../../support/tracking/log-quickly.ts';
import {
  newStore,
  SAMPLE_FILES,
  sampleRecord,
  serve,
  storeSampleModel,
} from '../../../../support/tracking/stored-runs.ts';

let directory: string;
let store: ObjectStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spool-'));
  store = newStore();
  await storeSampleModel(store, 'a');
});

/** The files that an earlier release kept of a run that it could not send. */
async function keep(version: string): Promise<void> {
  const folder = join(directory, `20261123T030000000Z-${version}`);
  const { reports, version: key, ...record } = sampleRecord(version);
  const rest = { kind: 'training', key, artifacts: Object.keys(reports), champion_since: null };
  await mkdir(join(folder, 'files'), { recursive: true });
  await writeFile(join(folder, 'record.json'), JSON.stringify({ ...record, ...rest }));
  await writeFile(join(folder, 'progress.json'), '{}');
  for (const [path, text] of Object.entries(reports)) await writeFile(join(folder, 'files', path), text);
}

async function adopt(): Promise<string[]> {
  const notes: string[] = [];
  await adoptSpool(store, { TRACKING_DIRECTORY: directory }, (note) => notes.push(note));
  return notes;
}

describe('a run that an earlier release could not send', () => {
  it('is logged once, from the store that holds its model', async () => {
    await using server = await startTrackingServer();
    await keep('a');
    await mkdir(join(directory, '20261124T030000000Z-a.2b.partial'));
    const champion = join(directory, '20261124T030000000Z-a');
    await mkdir(champion);
    await writeFile(join(champion, 'record.json'), '{"kind":"champion","key":"a"}');
    await serve(store, 'a');
    expect(await adopt()).toEqual([]);
    expect(await readdir(directory)).toEqual(['20261124T030000000Z-a.2b.partial']);
    expect(await logQuickly(store, server)).toMatchObject({ logged: ['a'], left: {} });
    expect([...server.memory.files].sort()).toEqual(SAMPLE_FILES);
    expect(server.memory.aliases.get('champion')).toBe(1);
    expect(await adopt()).toEqual([]);
    expect(await logQuickly(store, server)).toMatchObject({ logged: [] });
  });

  it('does not replace a record in the store', async () => {
    await store.put(objectKeys.runRecord('a'), 'newer');
    await keep('a');
    expect(await adopt()).toEqual([]);
    expect(await (await store.get(objectKeys.runRecord('a')))?.text()).toBe('newer');
    expect(await readdir(directory)).toEqual([]);
  });

  it('stays in place if its model is stored elsewhere or it cannot be read, and a note names the folder', async () => {
    await keep('elsewhere');
    const damaged = join(directory, '20261125T030000000Z-damaged');
    await mkdir(damaged);
    await writeFile(join(damaged, 'record.json'), '{"kind":');
    expect(await adopt()).toEqual([
      expect.stringMatching(/Z-elsewhere is not taken over \(models\/elsewhere\/manifest.json is missing\)/),
      expect.stringContaining(damaged),
    ]);
    expect(await readdir(directory)).toHaveLength(2);
    expect(await store.get(objectKeys.runRecord('elsewhere'))).toBeNull();
  });

  it('is nothing without such a directory, and a note if it cannot be read', async () => {
    directory = join(directory, 'none');
    expect(await adopt()).toEqual([]);
    await symlink(directory, directory);
    expect(await adopt()).toEqual([expect.stringContaining('ELOOP')]);
  });
});
