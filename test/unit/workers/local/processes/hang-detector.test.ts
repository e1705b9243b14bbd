import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  HangDetector,
  type ProcessActivity,
  readActivity,
} from '../../../../../workers/local/processes/hang-detector.ts';

const PATIENCE_MS = 30_000;
const LOOK_MS = 3000;

/** @returns the second in which a process is given up that does this; null for none within an hour. */
function givenUpAfter(activityAt: (second: number) => ProcessActivity | null): number | null {
  const detector = new HangDetector(PATIENCE_MS, 0);
  for (let now = LOOK_MS; now <= 3_600_000; now += LOOK_MS) {
    if (detector.hasHung(now, activityAt(now / 1000))) return now / 1000;
  }
  return null;
}

const idle: ProcessActivity = { cpuMs: 500, transfers: 'wchar: 1', waitsForDisk: false };

describe('a process that does not answer is given up', () => {
  it('after its patience when it does nothing, as one that is stopped', () => {
    expect(givenUpAfter(() => idle)).toBe(30);
    expect(givenUpAfter(() => null)).toBe(30);
  });

  it('half its patience after it did something for the last time', () => {
    expect(givenUpAfter((second) => ({ ...idle, cpuMs: Math.min(second, 45) }))).toBe(60);
  });

  it('once it has computed for all of its patience: on a busy machine that takes longer', () => {
    const computing = (share: number) =>
      givenUpAfter((second) => ({ ...idle, cpuMs: second * 1000 * share }));
    expect(computing(1)).toBe(33);
    expect(computing(0.25)).toBe(123);
  });

  it('not while a slow disk holds it up, until ten times its patience', () => {
    // A write every six seconds, each after an fsync.
    const writing = (second: number) => ({ ...idle, transfers: `wchar: ${Math.floor(second / 6)}` });
    expect(givenUpAfter(writing)).toBe(300);
    expect(givenUpAfter(() => ({ ...idle, waitsForDisk: true }))).toBe(300);
  });
});

describe('readActivity', () => {
  it('sees a process compute, and nothing of one that is stopped or has ended', async () => {
    const child = spawn(process.execPath, ['--eval', 'for (;;);']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const { pid } = child;
    if (pid === undefined) throw new Error('the process did not start');
    const cpuMs = async () => (await readActivity(pid))?.cpuMs ?? 0;
    const before = await cpuMs();
    await expect.poll(cpuMs, { timeout: 20_000 }).toBeGreaterThan(before + 50);
    child.kill('SIGSTOP');
    const stopped = await readActivity(pid);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await readActivity(pid)).toEqual(stopped);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await readActivity(pid)).toBeNull();
  });
});
