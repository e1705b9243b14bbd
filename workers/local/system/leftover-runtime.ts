import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDirectoryNote } from '../processes/directory-note.ts';
import { findProcesses, type ProcessIdentity, type ProcessInfo } from '../processes/find-processes.ts';
import { endLeftovers } from '../processes/leftover-processes.ts';

/** Which workerd processes belong to the instance on a data directory. */
export const RUNTIME_NOTE = 'runtime.json';
/** Where they keep their files. */
export const STATE = 'state';

const PROGRAMS = ['workerd', 'workerd.exe'] as const;

/** The workerd processes that this process has started. */
export async function ownRuntimes(): Promise<ProcessInfo[]> {
  const isRuntime = ({ name }: ProcessInfo) => PROGRAMS.some((program) => program === name);
  return (await findProcesses()).filter((found) => isRuntime(found) && found.parent === process.pid);
}

/** Records the workerd processes of this instance, so that the next start can end them if this one cannot. */
export async function recordRuntime(directory: string): Promise<void> {
  const processes = (await ownRuntimes()).map(({ pid, startedAt }): ProcessIdentity => ({ pid, startedAt }));
  await writeDirectoryNote(directory, RUNTIME_NOTE, { processes });
}

/** Removes the record, once the processes have ended. */
export function forgetRuntime(directory: string): Promise<void> {
  return rm(join(directory, RUNTIME_NOTE), { force: true });
}

/**
 * Ends the workerd processes of a killed instance. Call it while holding the lock.
 *
 * @throws {StartError} when one does not end.
 */
export function endLeftoverRuntime(directory: string): Promise<void> {
  // What they have acknowledged is in their write-ahead logs.
  return endLeftovers({ directory, note: RUNTIME_NOTE, files: STATE, programs: PROGRAMS, signal: 'SIGKILL' });
}
