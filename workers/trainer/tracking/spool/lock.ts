import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../data/absent-file.ts';

const LOCK = 'lock';
/** A sender touches its lock with every step; one that has not for so long is dead. */
const STALE_AFTER_MS = 15 * 60_000;

/** The right to send what is in a spool. */
export interface SpoolLock {
  /** Says that the holder is alive. */
  touch(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lock of a spool, so that two processes do not send the same run.
 *
 * @returns null while another process holds it
 */
export async function lockSpool(directory: string, now: () => Date): Promise<SpoolLock | null> {
  const path = join(directory, LOCK);
  await mkdir(directory, { recursive: true });
  const take = async () => {
    const file = await open(path, 'wx').catch((error: unknown) => {
      if (hasCode(error, 'EEXIST')) return null;
      throw error;
    });
    await file?.writeFile(JSON.stringify({ host: hostname(), pid: process.pid }));
    await file?.close();
    return file !== null;
  };
  if (!(await take())) {
    if (await isHeld(path, now())) return null;
    await rm(path, { force: true });
    if (!(await take())) return null;
  }
  return {
    // A lock that is gone is no reason to stop: what another process sends as well is told apart by the server.
    touch: () => utimes(path, now(), now()).catch(() => undefined),
    release: () => rm(path, { force: true }),
  };
}

async function isHeld(path: string, now: Date): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (now.getTime() - mtimeMs > STALE_AFTER_MS) return false;
    const holder = JSON.parse(await readFile(path, 'utf8')) as { host?: unknown; pid?: unknown };
    return holder.host !== hostname() || typeof holder.pid !== 'number' || isAlive(holder.pid);
  } catch (error) {
    // Released in the meantime.
    if (hasCode(error, 'ENOENT')) return false;
    // Being written at this moment.
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
