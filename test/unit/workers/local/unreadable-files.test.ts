import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import { MemoryObjects } from '../../../../test/support/object-store/memory-objects.ts';
import { publishedModel, serveModel } from '../../../../workers/local/bootstrap/model-source.ts';
import { parseStartOptions } from '../../../../workers/local/command-line/start-options.ts';
import { fillObjectStore } from '../../../../workers/local/fill-object-store.ts';
import { endLeftoverRedis, LEFTOVER_FILE } from '../../../../workers/local/redis-bridge/redis-process.ts';
import { readIngestKey } from '../../../../workers/local/system/data-directory.ts';
import { endLeftoverRuntime } from '../../../../workers/local/system/leftover-runtime.ts';
import { createDirectorySink } from '../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { putPublication } from '../../../support/object-store/put-publication.ts';
import { repositoryRoot } from '../../../support/processes/local-process.ts';

const newDirectory = () => mkdtemp(join(tmpdir(), 'unreadable-'));

/** A directory in which one file exists that cannot be read: there is a directory in its place. */
async function withUnreadable(file: string): Promise<string> {
  const directory = await newDirectory();
  await mkdir(join(directory, file), { recursive: true });
  return directory;
}

it('a model whose forest cannot be read does not go into service without it', async () => {
  const directory = await withUnreadable(objectKeys.modelFile('v1', 'model.packed'));
  await putPublication(createDirectorySink(directory), 'v1');
  const source = await publishedModel(directory);
  const objects = new MemoryObjects();
  await expect(serveModel(source, objects, new Date())).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await objects.get(objectKeys.current)).toBeNull();
  expect(await source.read('model.ubj')).toBeNull();
});

it('a key that cannot be read is not replaced by another', async () => {
  const directory = await withUnreadable('ingest-key');
  await expect(readIngestKey(directory)).rejects.toMatchObject({ code: 'EISDIR', syscall: 'read' });
  const other = await newDirectory();
  expect(await readIngestKey(other)).toBe(await readIngestKey(other));
});

it('a publication that cannot be read is not taken for a directory of CSV files', async () => {
  const directory = await newDirectory();
  const catalog = join(directory, objectKeys.current);
  await mkdir(join(catalog, '..'), { recursive: true });
  await symlink(catalog, catalog);
  const filled = fillObjectStore({
    options: parseStartOptions(['--dataset', directory], repositoryRoot),
    root: repositoryRoot,
    objects: new MemoryObjects(),
    now: new Date(),
    timeZone: 'America/Guayaquil',
    steps: { run: async (_, work) => work(() => undefined), note: () => undefined },
  });
  await expect(filled).rejects.toMatchObject({ code: 'ELOOP' });
});

it('notes of processes that may still run are not passed over', async () => {
  await expect(endLeftoverRuntime(await withUnreadable('runtime.json'))).rejects.toMatchObject({
    code: 'EISDIR',
  });
  await expect(endLeftoverRedis(await withUnreadable(LEFTOVER_FILE))).rejects.toMatchObject({
    code: 'EISDIR',
  });
});

it('a damaged note of a redis-server is no note: a power cut leaves one', async () => {
  for (const note of ['', '{"port": 6379}', '{"port":']) {
    const directory = await newDirectory();
    await writeFile(join(directory, LEFTOVER_FILE), note);
    await endLeftoverRedis(directory);
    expect(await readdir(directory)).toEqual([]);
  }
});
