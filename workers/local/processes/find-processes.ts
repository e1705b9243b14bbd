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

/** Every process of this machine that can be seen; none where neither /proc nor `ps` exists. */
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
  const [, parent, ...fields] = rest.split(' ');
  const ticks = fields[17];
  if (!match || ticks === undefined) return null;
  return { pid: Number(pid), parent: Number(parent), name, startedAt: `${boot} ${ticks}` };
}

async function listProcesses(): Promise<ProcessInfo[]> {
  const columns = ['-A', '-o', 'pid=,ppid=,lstart=,comm='];
  const { stdout } = await run('ps', columns, { env: { ...process.env, LC_ALL: 'C' } }).catch(() => ({
    stdout: '',
  }));
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*\S)\s*$/.exec(line);
    const [, pid, parent, startedAt = '', command = ''] = match ?? [];
    if (!match) return [];
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

/** Whether a process has a file below the directory open; false where the system does not say. */
export async function usesDirectory({ pid }: ProcessIdentity, directory: string): Promise<boolean> {
  const folder = join('/proc', String(pid), 'fd');
  const descriptors = await readdir(folder).catch(() => []);
  const files = await Promise.all(descriptors.map((fd) => readlink(join(folder, fd)).catch(() => '')));
  return files.some((file) => file.startsWith(`${directory}/`));
}
