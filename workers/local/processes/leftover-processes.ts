import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { hasCode } from '../../trainer/data/absent-file.ts';
import { StartError } from '../command-line/start-error.ts';
import { readDirectoryNote } from './directory-note.ts';
import { findProcesses, type ProcessIdentity, type ProcessInfo, usesDirectory } from './find-processes.ts';

/** Which processes an instance has started on a directory, as its note in that directory says. */
export const processesSchema = z.object({
  processes: z.array(z.object({ pid: z.int(), startedAt: z.string() })),
});

export interface Leftovers {
  /** Has the note. */
  readonly directory: string;
  /** The name of the note, which is removed once they have ended. */
  readonly note: string;
  /** Where they keep their files. */
  readonly files: string;
  /** Names of their program. */
  readonly programs: readonly string[];
  /** What ends them; SIGKILL where that does not. */
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

/** How long a process may take to end by itself, and after SIGKILL. */
const TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/**
 * Ends the processes of a killed instance: they survive their parent, keep their port, and would write to the same
 * files as new ones. Only a process that is provably ours is ended: one that was recorded in this very directory, with
 * its start, or one that has files of the directory open. Call it while holding the lock.
 *
 * @throws {StartError} when one does not end.
 */
export async function endLeftovers({ directory, note, files, programs, signal }: Leftovers): Promise<void> {
  const recorded = (await readDirectoryNote(directory, note, processesSchema))?.processes ?? [];
  const folder = join(realpathSync(directory), files);
  const isOurs = async (found: ProcessInfo) =>
    recorded.some(({ pid, startedAt }) => pid === found.pid && startedAt === found.startedAt) ||
    (await usesDirectory(found, folder));
  const asked = new Set<number>();
  for (const startedAt = performance.now(); ; await wait(POLL_MS)) {
    const candidates = (await findProcesses()).filter(({ name }) => programs.includes(name));
    const ours = await Promise.all(candidates.map(isOurs));
    const left = candidates.filter((_, index) => ours[index]);
    if (left.length === 0) break;
    const waited = performance.now() - startedAt;
    if (waited > 2 * TIMEOUT_MS) {
      throw new StartError(
        `A ${programs[0]} of an earlier start (process ${left.map(({ pid }) => pid).join(', ')}) still uses ${directory}.`,
        'End that process, then start again.',
      );
    }
    for (const found of left) {
      if (waited > TIMEOUT_MS) endProcess(found);
      else if (!asked.has(found.pid)) endProcess(found, signal);
      asked.add(found.pid);
    }
  }
  await rm(join(directory, note), { force: true });
}

/** Ends a process; one that has ended meanwhile is fine. */
export function endProcess({ pid }: ProcessIdentity, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
