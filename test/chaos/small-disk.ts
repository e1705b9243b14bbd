import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../workers/trainer/data/absent-file.ts';

/** Several times what the shop's data directory takes. */
const SIZE = '256m';
const FILLER = 'chaos-filler';

/** A file system of its own in memory. */
export interface SmallDisk {
  /** Takes every free block, also those that became free since the last call. */
  fill(): void;
  /** Gives back what `fill` has taken. */
  empty(): void;
  unmount(): void;
}

/** Why no disk can be filled here; null where one can. */
export const whyNoSmallDisk: string | null = findReason();

function findReason(): string | null {
  if (process.platform !== 'linux') return 'mounting a small disk needs Linux';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  const directory = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    mountSmallDisk(directory).unmount();
    return null;
  } catch (error) {
    return `mounting is not permitted: ${error instanceof Error ? error.message.trim() : error}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @throws with the message of `mount`. */
export function mountSmallDisk(directory: string): SmallDisk {
  mkdirSync(directory, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'chaos', directory]);
  if (mounted.status !== 0) throw new Error(String(mounted.stderr ?? mounted.error));
  const filler = join(directory, FILLER);
  const unmount = () => {
    process.off('exit', unmount);
    // Lazily: what still has files open keeps it until it ends.
    const unmounted = spawnSync('umount', ['--lazy', directory]);
    if (unmounted.status !== 0) throw new Error(String(unmounted.stderr));
  };
  process.once('exit', unmount);
  return {
    fill: () => {
      const file = openSync(filler, 'a');
      try {
        for (const block of [Buffer.alloc(2 ** 20), Buffer.alloc(4096)]) writeAll(file, block);
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount,
  };
}

function writeAll(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (!hasCode(error, 'ENOSPC')) throw error;
  }
}
