import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { expect, it } from 'vitest';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';

const COMPATIBILITY_DATE = '2026-10-01';
const run = promisify(execFile);

describeWithRedis('the store in a Worker', (bridge) => {
  it('does in workerd what it does in Node', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'store-worker-'));
    const worker = fileURLToPath(new URL('./store-worker.ts', import.meta.url));
    const config = join(directory, 'wrangler.json');
    await writeFile(
      config,
      JSON.stringify({ name: 'x', main: worker, compatibility_date: COMPATIBILITY_DATE }),
    );
    await run('wrangler', ['deploy', '--dry-run', '--outdir', directory, '--config', config], {
      cwd: directory,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
    });
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        compatibilityDate: COMPATIBILITY_DATE,
        modules: true,
        script: await readFile(join(directory, 'store-worker.js'), 'utf8'),
        bindings: { UPSTASH_REDIS_REST_URL: bridge().url, UPSTASH_REDIS_REST_TOKEN: bridge().token },
      }),
    );
    try {
      const response = await miniflare.dispatchFetch('http://worker/');
      expect(await response.json()).toEqual({
        payload: 'é 🛒 \ufffd',
        units: [-1, 2000, 0, 4500, 9],
        field: [9, null],
      });
    } finally {
      await miniflare.dispose();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
