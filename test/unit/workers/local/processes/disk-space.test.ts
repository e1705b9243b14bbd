import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../../../../workers/local/command-line/start-error.ts';
import { requireSpace, unlessDiskIsFull } from '../../../../../workers/local/processes/disk-space.ts';

/** A file system without a free byte. */
const FULL = '/proc';

describe('a full disk', () => {
  it.runIf(process.platform === 'linux')('is named before a database on it is called damaged', async () => {
    await requireSpace(tmpdir());
    const refused = requireSpace(FULL);
    await expect(refused).rejects.toBeInstanceOf(StartError);
    await expect(refused).rejects.toThrow(`The disk of ${FULL} is full.`);
  });

  it('is looked for where a directory will be made', async () => {
    await expect(requireSpace(join(tmpdir(), 'not-there-yet', 'data'))).resolves.toBeUndefined();
  });

  it('is told from other errors by the code of the system or of SQLite', async () => {
    const failing = (code: object) =>
      unlessDiskIsFull(tmpdir(), () => Promise.reject(Object.assign(new Error('it failed'), code)));
    expect(await failing({ code: 'ENOSPC' })).toBe(false);
    expect(await failing({ code: 'ERR_SQLITE_ERROR', errcode: 13 })).toBe(false);
    await expect(failing({ code: 'ERR_SQLITE_ERROR', errcode: 11 })).rejects.toThrow('it failed');
    expect(await unlessDiskIsFull(tmpdir(), () => Promise.resolve())).toBe(true);
  });

  it.runIf(process.platform === 'linux')('explains any error of what is done on it', async () => {
    expect(await unlessDiskIsFull(FULL, () => Promise.reject(new Error('disk I/O error')))).toBe(false);
  });
});
