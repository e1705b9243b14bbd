import { mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Where files are kept in memory, on Linux. */
const MEMORY = '/dev/shm';
/** Several times what a run of all tests keeps at once. */
const ENOUGH_BYTES = 4 * 2 ** 30;
const PREFIX = 'retail-demand-tests-';
const DAY_MS = 24 * 3_600_000;

/**
 * A directory for all temporary files of this process and of those that it starts, gone when it ends. It is in memory
 * where there is room: databases wait for the disk at every commit, by the tens of thousands in a run. What tests kill
 * are processes, whose files outlive them here as well as there.
 */
export function openRunDirectory(): string {
  // The configuration is read more than once in a run.
  if (basename(tmpdir()).startsWith(PREFIX)) return tmpdir();
  const parent = isRoomy(MEMORY) ? MEMORY : tmpdir();
  removeLeftovers(parent);
  const directory = mkdtempSync(join(parent, PREFIX));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function isRoomy(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

/** A run that was killed has removed nothing; no run takes a day. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = join(parent, name);
    const age = Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > DAY_MS) rmSync(directory, { recursive: true, force: true });
  }
}
