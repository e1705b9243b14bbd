import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WORKER = fileURLToPath(new URL('../../workers/faults/faulty-store.ts', import.meta.url));

export const COMPATIBILITY_DATE = '2026-10-01';

/** The endpoint of the embedded store as one module, its lines as they are written. */
export async function bundleFaultyStore(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'faulty-store-'));
  try {
    const config = join(directory, 'wrangler.json');
    await writeFile(
      config,
      JSON.stringify({ name: 'x', main: WORKER, compatibility_date: COMPATIBILITY_DATE }),
    );
    await run('wrangler', ['deploy', '--dry-run', '--outdir', directory, '--config', config], {
      cwd: directory,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
    });
    return await readFile(join(directory, 'faulty-store.js'), 'utf8');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
