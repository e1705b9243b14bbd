import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ifAbsent } from '../../../../workers/trainer/data/absent-file.ts';
import { createBadRows } from '../../../../workers/trainer/data/csv/dataset-error.ts';
import { findFiles } from '../../../../workers/trainer/data/csv/find-files.ts';
import { readTable } from '../../../../workers/trainer/data/csv/read-table.ts';
import { readCache } from '../../../../workers/trainer/data/kaggle/fetch-competition.ts';
import { partFile } from '../../../../workers/trainer/data/kaggle/part-file.ts';
import { openPublication } from '../../../../workers/trainer/publish/object-store/open-object-store.ts';

const newDirectory = () => mkdtemp(join(tmpdir(), 'unreadable-'));

/** A path that exists and cannot be opened, whatever the permissions: a link to itself. */
async function unreadable(...names: readonly string[]): Promise<{ directory: string; path: string }> {
  const directory = await newDirectory();
  const path = join(directory, ...names);
  await mkdir(join(path, '..'), { recursive: true });
  await symlink(path, path);
  return { directory, path };
}

describe('an unreadable file is not taken for a missing one', () => {
  it('by ifAbsent', () => {
    const error = (code: string) => Object.assign(new Error(code), { code });
    expect(ifAbsent(null)(error('ENOENT'))).toBeNull();
    expect(ifAbsent('none')(error('ENOTDIR'))).toBe('none');
    for (const code of ['EACCES', 'EIO', 'EISDIR']) expect(() => ifAbsent(null)(error(code))).toThrow(code);
    expect(() => ifAbsent(null)(new TypeError('a bug'))).toThrow('a bug');
  });

  it('as a directory of CSV files', async () => {
    const { path } = await unreadable('dataset');
    await expect(findFiles(path)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(findFiles(`${path}-none`)).rejects.toThrow('there is no such directory');
  });

  it('as a table', async () => {
    const read = (path: string) =>
      readTable({ path, columns: ['date'], badRows: createBadRows(false), onRow: () => null });
    const { path } = await unreadable('oil.csv');
    await expect(read(path)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(read(`${path}-none`)).rejects.toThrow('there is no file');
  });

  it('as a publication', async () => {
    const { path } = await unreadable('published');
    await expect(openPublication(path)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(openPublication(`${path}-none`)).rejects.toThrow('does not exist');
  });

  it('as the files of a competition: neither downloaded again nor removed', async () => {
    const { directory } = await unreadable('contents.json');
    await expect(readCache(directory)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readCache(await newDirectory())).toBeNull();
  });

  it('as a partial download, whose bytes are kept', async () => {
    const { directory } = await unreadable('archive.zip.json');
    await writeFile(join(directory, 'archive.zip'), 'bytes');
    await expect(partFile(join(directory, 'archive.zip')).read()).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await partFile(join(await newDirectory(), 'archive.zip')).read()).toBeNull();
  });
});
