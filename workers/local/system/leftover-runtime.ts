import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { hasCode } from '../../trainer/data/absent-file.ts';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';
import { StartError } from '../command-line/start-error.ts';
import {
  findProcesses,
  type ProcessIdentity,
  type ProcessInfo,
  usesDirectory,
} from '../processes/find-processes.ts';

/** Which workerd processes belong to the instance on a data directory. */
export const RUNTIME_NOTE = 'runtime.json';
/** Where they keep their files. */
export const STATE = 'state';

const noteSchema = z.array(z.object({ pid: z.int(), startedAt: z.string() }));
const TIMEOUT_MS = 10_000;

const isRuntime = ({ name }: ProcessInfo) => name === 'workerd' || name === 'workerd.exe';

/** The workerd processes that this process has started. */
export async function ownRuntimes(): Promise<ProcessInfo[]> {
  return (await findProcesses()).filter((found) => isRuntime(found) && found.parent === process.pid);
}

/** Records the workerd processes of this instance, so that the next start can end them if this one cannot. */
export async function recordRuntime(directory: string): Promise<void> {
  const own = (await ownRuntimes()).map(({ pid, startedAt }): ProcessIdentity => ({ pid, startedAt }));
  await writeNote(join(directory, RUNTIME_NOTE), JSON.stringify(own));
}

/** Removes the record, once the processes have ended. */
export function forgetRuntime(directory: string): Promise<void> {
  return rm(join(directory, RUNTIME_NOTE), { force: true });
}

/**
 * Ends the workerd processes of a killed instance: they survive their parent, keep the port, and would write to the
 * same files as the new one. Only a process that is provably ours is ended: one that was recorded, with its start, or
 * one that has files of this directory open. Call it while holding the lock.
 *
 * @throws {StartError} when one does not end.
 */
export async function endLeftoverRuntime(directory: string): Promise<void> {
  const recorded = (await readNote(join(directory, RUNTIME_NOTE), noteSchema)) ?? [];
  const state = join(realpathSync(directory), STATE);
  const left = async () => {
    const runtimes = (await findProcesses()).filter(isRuntime);
    const isOurs = await Promise.all(
      runtimes.map(
        async (found) =>
          recorded.some(({ pid, startedAt }) => pid === found.pid && startedAt === found.startedAt) ||
          (await usesDirectory(found, state)),
      ),
    );
    return runtimes.filter((_, index) => isOurs[index]);
  };
  for (let waited = 0; ; waited += 20) {
    const found = await left();
    if (found.length === 0) break;
    if (waited > TIMEOUT_MS) {
      throw new StartError(
        `A workerd of an earlier start (process ${found.map(({ pid }) => pid).join(', ')}) still uses ${directory}.`,
        'End that process, then start again.',
      );
    }
    for (const runtime of found) endProcess(runtime);
    await wait(20);
  }
  await forgetRuntime(directory);
}

/** Ends a process at once; one that has ended meanwhile is fine. */
export function endProcess({ pid }: ProcessIdentity): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
