import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SOURCES = [
  'dashboard/*.{html,ts,json}',
  'dashboard/public/**',
  'dashboard/src/**',
  'shared/at.ts',
  'shared/{calendar,schemas}/**',
  'workers/api/**',
  'package-lock.json',
];

async function newestChange(root: string): Promise<number> {
  let newest = 0;
  for await (const name of glob(SOURCES, { cwd: root })) {
    newest = Math.max(newest, (await stat(join(root, name))).mtimeMs);
  }
  return newest;
}

/** Builds the dashboard into `dashboard/dist`, unless the existing build is newer than every source. */
export async function buildDashboard(root: string): Promise<'built' | 'up-to-date'> {
  const built = await stat(join(root, 'dashboard/dist/index.html')).catch(() => null);
  if (built && built.mtimeMs > (await newestChange(root))) return 'up-to-date';
  // Only then: loading it takes half a second.
  const { build } = await import('vite');
  await build({ root: join(root, 'dashboard'), logLevel: 'error' });
  return 'built';
}
