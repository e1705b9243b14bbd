import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockSpool } from '../../../../../../workers/trainer/tracking/spool/lock.ts';
import { openSpool } from '../../../../../../workers/trainer/tracking/spool/spool.ts';
import { noProgress } from '../../../../../../workers/trainer/tracking/spool/spool-entry.ts';
import { SAMPLE_FILES, sampleRecord } from '../../../../../support/tracking/sample-record.ts';

const NOW = new Date('2026-11-24T03:00:00Z');
const now = () => NOW;
const newDirectory = () => mkdtemp(join(tmpdir(), 'spool-'));

describe('the spool', () => {
  it('gives back what was put in, oldest first, with its files', async () => {
    const spool = openSpool(join(await newDirectory(), 'made', 'when needed'), now);
    expect(await spool.list()).toEqual([]);
    await spool.add(sampleRecord('b'), new Date('2026-11-23T03:00:00Z'), SAMPLE_FILES);
    await spool.add(sampleRecord('a'), new Date('2026-11-24T03:00:00Z'));
    const entries = await spool.list();
    expect(entries.map(({ name }) => name)).toEqual(['20261123T030000000Z-b', '20261124T030000000Z-a']);
    expect(entries[1]?.since).toEqual(new Date('2026-11-24T03:00:00Z'));
    expect(await entries[0]?.readRecord()).toEqual(sampleRecord('b'));
    expect(String(await entries[0]?.readFile('model/model.ubj'))).toBe('trees');
    await entries[0]?.remove();
    expect((await spool.list()).map(({ name }) => name)).toEqual(['20261124T030000000Z-a']);
    expect(await readdir(spool.directory)).toHaveLength(1);
  });

  it('leaves nothing behind when an entry cannot be written', async () => {
    const spool = openSpool(await newDirectory(), now);
    const wrong = { ...sampleRecord('a'), key: 'not a version' };
    await expect(spool.add(wrong, NOW, SAMPLE_FILES)).rejects.toThrow();
    expect(await readdir(spool.directory)).toEqual([]);
  });

  it('shows no entry that is half written, and clears away what a killed process left the day before', async () => {
    const directory = await newDirectory();
    for (const name of ['old.partial', 'new.partial'])
      await mkdir(join(directory, name, 'files'), { recursive: true });
    await utimes(join(directory, 'old.partial'), NOW, new Date('2026-11-22T03:00:00Z'));
    await utimes(join(directory, 'new.partial'), NOW, NOW);
    expect(await openSpool(directory, now).list()).toEqual([]);
    expect(await readdir(directory)).toEqual(['new.partial']);
  });

  it('names the folder of a record that cannot be read, and begins anew without readable progress', async () => {
    const spool = openSpool(await newDirectory(), now);
    const name = await spool.add(sampleRecord('a'), NOW);
    const [entry] = await spool.list();
    await entry?.writeProgress(noProgress('here'));
    expect(await entry?.readProgress()).toEqual(noProgress('here'));
    await writeFile(join(spool.directory, name, 'progress.json'), '{"target":');
    expect(await entry?.readProgress()).toBe(null);
    await writeFile(join(spool.directory, name, 'record.json'), '{}');
    await expect(entry?.readRecord()).rejects.toThrow(`${name}/record.json cannot be read`);
  });
});

describe('the lock of a spool', () => {
  const lockOf = (directory: string) => join(directory, 'lock');
  const hold = async (directory: string, holder: object, at = NOW) => {
    await writeFile(lockOf(directory), JSON.stringify(holder));
    await utimes(lockOf(directory), at, at);
  };

  it('is held by one at a time', async () => {
    const directory = await newDirectory();
    const lock = await lockSpool(directory, () => new Date());
    expect(lock).not.toBe(null);
    expect(await lockSpool(directory, () => new Date())).toBe(null);
    await lock?.release();
    expect(await lockSpool(directory, () => new Date())).not.toBe(null);
  });

  it('of a process that has ended, or that has said nothing for long, holds nobody up', async () => {
    const directory = await newDirectory();
    const noProcess = 2 ** 30;
    await hold(directory, { host: 'another', pid: 1 });
    expect(await lockSpool(directory, now)).toBe(null);
    await hold(directory, { host: 'another', pid: 1 }, new Date('2026-11-24T02:40:00Z'));
    expect(await lockSpool(directory, now)).not.toBe(null);
    await rm(lockOf(directory));
    await hold(directory, { host: hostname(), pid: noProcess });
    expect(await lockSpool(directory, now)).not.toBe(null);
  });
});
