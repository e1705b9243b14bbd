import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../../../../workers/local/command-line/start-error.ts';
import { parseStartOptions } from '../../../../../workers/local/command-line/start-options.ts';
import {
  claimDirectory,
  openDataDirectory,
  readIngestKey,
  readStoreLayout,
} from '../../../../../workers/local/system/data-directory.ts';
import { lockDirectory } from '../../../../../workers/local/system/instance-lock.ts';
import { checkpointStateFiles, checkStateFiles } from '../../../../../workers/local/system/state-files.ts';

const newDirectory = () => mkdtemp(join(tmpdir(), 'data-'));

describe('claimDirectory', () => {
  it('says in a line why a path cannot be the data directory', async () => {
    const file = join(await newDirectory(), 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')]) {
      const refused = claimDirectory(path);
      await expect(refused).rejects.toBeInstanceOf(StartError);
      await expect(refused).rejects.toThrow(
        `${path} cannot be the data directory: there is a file of that name.`,
      );
    }
  });

  it.runIf(process.platform === 'linux')('names the reason of the system otherwise', async () => {
    const refused = claimDirectory('/proc/data');
    await expect(refused).rejects.toBeInstanceOf(StartError);
    await expect(refused).rejects.toThrow(
      '/proc/data cannot be the data directory: no directory can be created there.',
    );
    await expect(refused).rejects.toMatchObject({ fix: expect.stringContaining('--data-dir') });
  });

  it('takes a directory whose first start was killed before it wrote anything but the lock', async () => {
    const directory = await newDirectory();
    const { release } = await lockDirectory(directory);
    await claimDirectory(directory);
    await release();
    await claimDirectory(directory);
    await writeFile(join(directory, 'thesis.txt'), '');
    await expect(claimDirectory(directory)).rejects.toThrow('holds no data of this system');
    // What a directory has in which sales were counted.
    await writeFile(join(directory, 'sales-store.json'), '{}');
    await expect(claimDirectory(directory)).rejects.toMatchObject({
      message: expect.stringContaining('neither contents.json nor contents-copy.json'),
      fix: expect.stringContaining('from a backup'),
    });
  });
});

describe('what a data directory holds', () => {
  const open = (dataDir: string, log: string[] = [], ...flags: string[]) =>
    openDataDirectory(parseStartOptions(['--data-dir', dataDir, ...flags], '/'), (line) => log.push(line));
  const filled = async () => {
    const dataDir = await newDirectory();
    await (await open(dataDir)).markFilled(86_400_000);
    return { dataDir, marker: join(dataDir, 'contents.json'), copy: join(dataDir, 'contents-copy.json') };
  };

  it.each(['', '{"status": "fil', null])(
    'is known after contents.json was damaged (%j), and is written again',
    async (damage) => {
      const { dataDir, marker } = await filled();
      const whole = await readFile(marker, 'utf8');
      if (damage === null) await rm(marker);
      else await writeFile(marker, damage);
      await claimDirectory(dataDir);
      expect(await readStoreLayout(dataDir)).toEqual({ store: 'embedded', partitions: 1 });
      const log: string[] = [];
      expect(await open(dataDir, log)).toMatchObject({ filled: true, clockOffsetMs: 86_400_000 });
      expect(log).toEqual([`${marker} could not be read and was written again from contents-copy.json`]);
      expect(await readFile(marker, 'utf8')).toBe(whole);
    },
  );

  it('is copied when an earlier version has not done so, and the copy is written again, too', async () => {
    const { dataDir, marker, copy } = await filled();
    for (const damage of [() => rm(copy), () => writeFile(copy, '')]) {
      await damage();
      const log: string[] = [];
      expect((await open(dataDir, log)).filled).toBe(true);
      expect(log).toEqual([]);
      expect(await readFile(copy, 'utf8')).toBe(await readFile(marker, 'utf8'));
    }
  });

  it('is unknown without both, which is said with the fix', async () => {
    const { dataDir, marker, copy } = await filled();
    for (const path of [marker, copy]) await writeFile(path, '');
    await expect(open(dataDir)).rejects.toMatchObject({
      message: expect.stringContaining(`${marker} cannot be read`),
      fix: expect.stringContaining('--reset'),
    });
    expect((await open(dataDir, [], '--reset')).filled).toBe(false);
  });

  it('is nothing while the directory is filled again, whatever it held before', async () => {
    const { dataDir, marker } = await filled();
    await open(dataDir, [], '--reset');
    await writeFile(marker, '');
    await expect(open(dataDir)).rejects.toThrow('cannot be read');
  });
});

describe('the key for sending sales', () => {
  it('is kept, and a new one is announced where its file was emptied', async () => {
    const dataDir = await newDirectory();
    const log: string[] = [];
    const read = () => readIngestKey(dataDir, (line) => log.push(line));
    const key = await read();
    expect(await read()).toBe(key);
    expect(log).toEqual([]);
    await writeFile(join(dataDir, 'ingest-key'), '');
    const next = await read();
    expect(next).not.toBe(key);
    expect(log).toEqual([expect.stringMatching(/ingest-key was emptied or changed, and holds a new key/)]);
    expect(await read()).toBe(next);
    expect((await stat(join(dataDir, 'ingest-key'))).mode & 0o777).toBe(0o600);
  });
});

/** A database below `state` whose rows are in the write-ahead log only. */
async function withDatabase() {
  const directory = await newDirectory();
  const folder = join(directory, 'state', 'do');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'sales.sqlite');
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE sales (units INTEGER, text TEXT); BEGIN');
  const insert = database.prepare('INSERT INTO sales VALUES (?, ?)');
  for (let units = 0; units < 2000; units++) insert.run(units, 'x'.repeat(100));
  database.exec('COMMIT');
  return { directory, path, database };
}

describe('the files of workerd', () => {
  it('are complete without their logs after a checkpoint', async () => {
    const { directory, path, database } = await withDatabase();
    await checkpointStateFiles(directory);
    const copy = join(await newDirectory(), 'copy.sqlite');
    await copyFile(path, copy);
    database.close();
    using restored = new DatabaseSync(copy);
    expect(restored.prepare('SELECT count(*) AS rows FROM sales').get()).toEqual({ rows: 2000 });
  });

  it('are checked: a damaged one is named with the fix', async () => {
    const { directory, path, database } = await withDatabase();
    database.close();
    await checkStateFiles(directory);
    const bytes = await readFile(path);
    bytes.fill(0xff, 8192, 12_288);
    await writeFile(path, bytes);
    const failed = checkStateFiles(directory);
    await expect(failed).rejects.toBeInstanceOf(StartError);
    await expect(failed).rejects.toThrow(`${path} is damaged`);
    await writeFile(path, 'not a database at all, but long enough to be one'.repeat(20));
    await expect(checkStateFiles(directory)).rejects.toThrow(`${path} is damaged`);
  });

  it('are as the last stop left them: a changed byte is noticed, which the structure does not show', async () => {
    const { directory, path, database } = await withDatabase();
    database.close();
    await checkpointStateFiles(directory);
    const bytes = await readFile(path);
    const place = bytes.indexOf('xxxx');
    bytes[place] = 'y'.charCodeAt(0);
    await writeFile(path, bytes);
    const failed = checkStateFiles(directory);
    await expect(failed).rejects.toBeInstanceOf(StartError);
    await expect(failed).rejects.toThrow(`${path} is not as the last stop left it`);
    await rm(join(directory, 'state-checksums.json'));
    await checkStateFiles(directory);
  });

  it('may change once they were checked', async () => {
    const { directory, path, database } = await withDatabase();
    database.close();
    await checkpointStateFiles(directory);
    await checkStateFiles(directory);
    const again = new DatabaseSync(path);
    again.exec('DELETE FROM sales');
    again.close();
    await checkStateFiles(directory);
  });

  it('need not be there', async () => {
    await checkStateFiles(await newDirectory());
    await checkpointStateFiles(await newDirectory());
  });
});
