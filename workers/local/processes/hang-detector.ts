import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a process has done since its start, and whether it waits for the disk right now. */
export interface ProcessActivity {
  readonly cpuMs: number;
  /** Changes with everything that it reads or writes. */
  readonly transfers: string;
  readonly waitsForDisk: boolean;
}

/** Linux counts CPU time in hundredths of a second for programs, whatever its kernel uses. */
const TICK_MS = 10;

/** @returns null where it has ended or the system does not say. */
export async function readActivity(pid: number): Promise<ProcessActivity | null> {
  const folder = join('/proc', String(pid));
  const stat = await readFile(join(folder, 'stat'), 'utf8').catch(() => null);
  if (stat !== null) {
    // The name may have spaces and parentheses; the state follows as the third field, CPU times as the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    const transfers = await readFile(join(folder, 'io'), 'utf8').catch(() => '');
    return { cpuMs, transfers, waitsForDisk: fields[0] === 'D' };
  }
  const columns = ['-o', 'stat=,time=', '-p', String(pid)];
  const { stdout } = await run('ps', columns).catch(() => ({ stdout: '' }));
  const [state, time] = stdout.trim().split(/\s+/);
  if (!state || !time) return null;
  const seconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuMs: seconds * 1000, transfers: '', waitsForDisk: /^[DU]/.test(state) };
}

/**
 * Judges a process that was asked and does not answer. A slow disk may hold it up for minutes, in which it goes on reading
 * and writing; a busy machine leaves it little time. One that is stopped or deadlocked does nothing, and one in an
 * endless loop computes without end.
 */
export class HangDetector {
  readonly #patienceMs: number;
  readonly #askedAt: number;
  #first: ProcessActivity | null = null;
  #last: ProcessActivity | null = null;
  #activeAt: number;

  /**
   * @param patienceMs the time without an answer after which it is given up, where it has done nothing in the second half
   *   of it or has computed for all of it. After ten times as long it is given up whatever it does.
   * @param now when it was asked, in milliseconds of a clock that nobody sets.
   */
  constructor(patienceMs: number, now: number) {
    this.#patienceMs = patienceMs;
    this.#askedAt = now;
    this.#activeAt = now;
  }

  /** Whether no answer is to be expected any more. Call it several times within the patience. */
  hasHung(now: number, activity: ProcessActivity | null): boolean {
    if (isAtWork(this.#last, activity)) this.#activeAt = now;
    this.#first ??= activity;
    this.#last = activity;
    const silentMs = now - this.#askedAt;
    if (silentMs < this.#patienceMs) return false;
    const computedMs = (activity?.cpuMs ?? 0) - (this.#first?.cpuMs ?? 0);
    return (
      now - this.#activeAt >= this.#patienceMs / 2 ||
      computedMs >= this.#patienceMs ||
      silentMs >= 10 * this.#patienceMs
    );
  }
}

function isAtWork(before: ProcessActivity | null, now: ProcessActivity | null): boolean {
  if (now === null) return false;
  if (now.waitsForDisk) return true;
  return before !== null && (now.cpuMs !== before.cpuMs || now.transfers !== before.transfers);
}
