import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FILE = 'runtime.json';
const run = promisify(execFile);

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
}

/** The workerd processes of this machine; none where `ps` is not there to ask. */
async function findRuntimes(): Promise<ProcessInfo[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,comm=']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S*workerd)\s*$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]) }] : [];
  });
}

/** Notes which workerd processes are this one's, so that the next start can end them if this one cannot. */
export async function recordRuntime(directory: string): Promise<void> {
  const own = (await findRuntimes()).filter(({ parent }) => parent === process.pid);
  await writeFile(join(directory, FILE), JSON.stringify(own.map(({ pid }) => pid)));
}

/** Forgets the note, once the processes have ended. */
export function forgetRuntime(directory: string): Promise<void> {
  return rm(join(directory, FILE), { force: true });
}

/**
 * Ends what an instance left running that was itself killed: workerd goes on without its parent, keeps the port, and
 * would write to the same files as the one that is about to start. To be called by the holder of the lock.
 */
export async function endLeftoverRuntime(directory: string): Promise<void> {
  const noted = await readFile(join(directory, FILE), 'utf8').then(
    (text) => JSON.parse(text) as unknown,
    () => [],
  );
  const left = async () =>
    (await findRuntimes()).filter(({ pid }) => Array.isArray(noted) && noted.includes(pid));
  for (const { pid } of await left()) process.kill(pid, 'SIGKILL');
  while ((await left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await forgetRuntime(directory);
}
