import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import { openBackend } from '../../../../../workers/local/system/backend.ts';
import { noteRedisFiles } from '../../../../../workers/local/system/redis-files.ts';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';

describeWithRedis('the files of redis-server after a clean stop', () => {
  let dataDir = '';
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'redis-files-'));
    expect(await run(['SET', 'units', '4711'])).toBe('OK');
  });
  // A redis-server that is just ending may still write its file.
  afterEach(() => rm(dataDir, { recursive: true, maxRetries: 10 }));

  /** One start with one command. */
  const run = async (command: [string, ...string[]]) => {
    const backend = await openBackend({ store: 'redis', dataDir });
    try {
      const { UPSTASH_REDIS_REST_URL: url = '', UPSTASH_REDIS_REST_TOKEN: token = '' } = backend.vars;
      return await createUpstashClient({ url, token }).exec(command);
    } finally {
      await backend.stop();
    }
  };
  const appendOnlyFile = async () => {
    const folder = join(dataDir, 'redis', 'appendonlydir');
    const name = (await readdir(folder)).find((one) => one.endsWith('.incr.aof'));
    return join(folder, name ?? '');
  };

  it('are opened as they were left', async () => {
    expect(await run(['GET', 'units'])).toBe('4711');
    expect(await run(['GET', 'units'])).toBe('4711');
  });

  it('are refused with another value, which redis-server itself would not notice', async () => {
    const path = await appendOnlyFile();
    await writeFile(path, (await readFile(path, 'latin1')).replace('4711', '4811'), 'latin1');
    await expect(run(['GET', 'units'])).rejects.toThrow(`${path} is not as the last stop left it`);
    await rm(join(dataDir, 'redis', 'checksums.json'));
    expect(await run(['GET', 'units'])).toBe('4811');
  });

  it('are not refused for a note beside them, which a second system on the same files has left', async () => {
    const note = join(dataDir, 'redis', 'checksums.json');
    const kept = JSON.parse(await readFile(note, 'utf8'));
    expect(Object.keys(kept).every((name) => name.startsWith('appendonlydir'))).toBe(true);
    await noteRedisFiles(join(dataDir, 'redis'));
    expect(JSON.parse(await readFile(note, 'utf8'))).toEqual(kept);
    // As an earlier version wrote it.
    await writeFile(note, JSON.stringify({ ...kept, 'checksums.json': 'that of another note' }));
    expect(await run(['GET', 'units'])).toBe('4711');
  });

  it('are named, with what to do, when redis-server cannot read them', async () => {
    const path = await appendOnlyFile();
    await rm(join(dataDir, 'redis', 'checksums.json'));
    await writeFile(path, `x${await readFile(path, 'latin1')}`, 'latin1');
    await expect(run(['GET', 'units'])).rejects.toMatchObject({
      message: expect.stringMatching(
        /^A file of redis-server in .*redis is damaged or missing: .*Bad file format/,
      ),
      fix: expect.stringContaining('--reset'),
    });
    await rm(path);
    await expect(run(['GET', 'units'])).rejects.toThrow('is damaged or missing');
  });
});
