import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One process for good: a process id alone is given to another process sooner or later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The instant of its start in the system's own words; another one after a reboot. */
  readonly startedAt: string;
}

export interface ProcessInfo extends ProcessIdentity {
  readonly parent: number;
  /** The name of its program, without the path. */
  readonly name: string;
}

/**
 * Every process of this machine that can be seen; none where neither /proc nor `ps` exists. One that has ended and whose
 * parent has not asked for its exit code yet, as the first process of a container may never do, is none any more.
 */
export async function findProcesses(): Promise<ProcessInfo[]> {
  const entries = await readdir('/proc').catch(() => null);
  if (!entries?.includes('self')) return listProcesses();
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const found = entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(async (pid) => {
      const stat = await readFile(join('/proc', pid, 'stat'), 'utf8').catch(() => null);
      return stat === null ? null : parseStat(stat, boot.trim());
    });
  return (await Promise.all(found)).filter((info) => info !== null);
}

/** @param stat `/proc/<pid>/stat`: pid, the name in parentheses, then state, parent, ... and as the 22nd field the start. */
function parseStat(stat: string, boot: string): ProcessInfo | null {
  const match = /^(\d+) \((.*)\) (.*)$/s.exec(stat.trim());
  const [, pid = '', name = '', rest = ''] = match ?? [];
  const [state = '', parent, ...fields] = rest.split(' ');
  const ticks = fields[17];
  if (!match || ticks === undefined || ENDED.test(state)) return null;
  return { pid: Number(pid), parent: Number(parent), name, startedAt: `${boot} ${ticks}` };
}

const ENDED = /^[ZX]/;

async function listProcesses(): Promise<ProcessInfo[]> {
  const columns = ['-A', '-o', 'pid=,ppid=,stat=,lstart=,comm='];
  const { stdout } = await run('ps', columns, { env: { ...process.env, LC_ALL: 'C' } }).catch(() => ({
    stdout: '',
  }));
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*\S)\s*$/.exec(line);
    const [, pid, parent, state = '', startedAt = '', command = ''] = match ?? [];
    if (!match || ENDED.test(state)) return [];
    const name = command.slice(command.lastIndexOf('/') + 1);
    return [{ pid: Number(pid), parent: Number(parent), startedAt, name }];
  });
}

/** The parent of a process; null where it has ended or the system does not say. */
export async function parentOf(pid: number): Promise<number | null> {
  const stat = await readFile(join('/proc', String(pid), 'stat'), 'utf8').catch(() => null);
  if (stat !== null) return parseStat(stat, '')?.parent ?? null;
  const { stdout } = await run('ps', ['-o', 'ppid=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? null : Number(stdout);
}

/** What tells a process from all others; null where it has ended or the system does not say. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  const found = (await findProcesses()).find((one) => one.pid === pid);
  return found ? { pid, startedAt: found.startedAt } : null;
}

/** The paths of the files that a process has open; none where the system does not say. */
async function openFiles({ pid }: ProcessIdentity): Promise<string[]> {
  const folder = join('/proc', String(pid), 'fd');
  const descriptors = await readdir(folder).catch(() => []);
  return Promise.all(descriptors.map((fd) => readlink(join(folder, fd)).catch(() => '')));
}

/** Whether a process works in the directory or has a file below it open; false where the system does not say. */
export async function usesDirectory(found: ProcessIdentity, directory: string): Promise<boolean> {
  const workingDirectory = await readlink(join('/proc', String(found.pid), 'cwd')).catch(() => '');
  if (workingDirectory === directory) return true;
  return (await openFiles(found)).some((file) => file.startsWith(`${directory}/`));
}

/** The process that has the file open that was removed from this path; null where the system names none. */
export async function findHolderOfRemoved(path: string): Promise<number | null> {
  for (const found of await findProcesses()) {
    if (found.pid !== process.pid && (await openFiles(found)).includes(`${path} (deleted)`)) return found.pid;
  }
  return null;
}
