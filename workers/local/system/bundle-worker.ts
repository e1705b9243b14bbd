import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../command-line/start-error.ts';

/** One module of a bundled Worker, in Miniflare's format. */
export interface WorkerModule {
  readonly type: 'ESModule' | 'CompiledWasm';
  readonly path: string;
  readonly contents: Uint8Array<ArrayBuffer>;
}

const run = promisify(execFile);

/**
 * Bundles a Worker exactly as a deployment would, by wrangler itself.
 *
 * @param outDir is emptied first: wrangler leaves files of an earlier bundle there, and names its entry point after
 *   `main`
 * @param environment of wrangler.toml; the standalone Worker by default.
 * @returns the modules, the entry point first.
 */
export async function bundleWorker(
  root: string,
  outDir: string,
  environment?: string,
): Promise<WorkerModule[]> {
  await rm(outDir, { recursive: true, force: true });
  try {
    await run(
      'wrangler',
      [
        ...['deploy', '--dry-run', '--outdir', outDir, '--config', join(root, 'wrangler.toml')],
        ...(environment === undefined ? [] : ['--env', environment]),
      ],
      {
        cwd: root,
        env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
        maxBuffer: 16 * 1024 * 1024,
        shell: process.platform === 'win32',
      },
    );
  } catch (error) {
    const output = error as { stdout?: string; stderr?: string };
    throw new StartError(
      `The Worker could not be bundled.\n${output.stderr || output.stdout || String(error)}`,
      'Run `npm install`, then `npm run check`, and fix what they report.',
      { cause: error },
    );
  }
  const names = await readdir(outDir);
  const modules = names
    .filter((name) => name.endsWith('.js') || name.endsWith('.wasm'))
    .sort((a, b) => Number(b.endsWith('.js')) - Number(a.endsWith('.js')));
  return Promise.all(
    modules.map(async (name) => ({
      type: name.endsWith('.wasm') ? ('CompiledWasm' as const) : ('ESModule' as const),
      path: join(outDir, name),
      contents: new Uint8Array(await readFile(join(outDir, name))),
    })),
  );
}
