import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Keeps a second instance out of a data directory. A lock that a killed instance left behind is taken over.
 *
 * @returns what gives the directory free again.
 * @throws {StartError} when a running instance holds the directory.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'instance.pid');
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readFileSync(path, 'utf8'));
    if (holder > 0 && holder !== process.pid && isAlive(holder)) {
      throw new StartError(
        `${directory} is in use by process ${holder}.`,
        'End that process, or give this one another directory: npm start -- --data-dir .data/other',
      );
    }
    rmSync(path, { force: true });
  }
}
