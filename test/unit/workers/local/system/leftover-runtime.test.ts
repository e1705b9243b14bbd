import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeDirectoryNote } from '../../../../../workers/local/processes/directory-note.ts';
import { findProcesses } from '../../../../../workers/local/processes/find-processes.ts';
import {
  endLeftoverRuntime,
  RUNTIME_NOTE,
  recordRuntime,
} from '../../../../../workers/local/system/leftover-runtime.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const newDirectory = () => mkdtemp(join(tmpdir(), 'leftover-'));

/** A process called workerd, which sleeps; with a file open, if one is named. */
async function startWorkerd(file?: string): Promise<ChildProcess & { readonly pid: number }> {
  const program = join(await newDirectory(), 'workerd');
  await copyFile('/bin/sleep', program);
  const child = file
    ? spawn('/bin/sh', ['-c', 'exec "$0" 60 < "$1"', program, file])
    : spawn(program, ['60']);
  children.push(child);
  const { pid } = child;
  if (pid === undefined) throw new Error('the process did not start');
  await expect
    .poll(async () => (await findProcesses()).some((found) => found.pid === pid && found.name === 'workerd'))
    .toBe(true);
  return Object.assign(child, { pid });
}

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

describe('endLeftoverRuntime', () => {
  it('ends the workerd that was recorded, and no other', async () => {
    const directory = await newDirectory();
    const [ours, others] = [await startWorkerd(), await startWorkerd()];
    const found = (await findProcesses()).find(({ pid }) => pid === ours.pid);
    await writeDirectoryNote(directory, RUNTIME_NOTE, { processes: [found] });
    const exited = once(ours, 'exit');
    await endLeftoverRuntime(directory);
    await exited;
    expect(isRunning(others)).toBe(true);
    await expect(readFile(join(directory, RUNTIME_NOTE))).rejects.toThrow('ENOENT');
  });

  it('leaves a process alone that has got the process id of a recorded one', async () => {
    const directory = await newDirectory();
    const later = await startWorkerd();
    const processes = [{ pid: later.pid, startedAt: 'before the reboot' }];
    await writeDirectoryNote(directory, RUNTIME_NOTE, { processes });
    await endLeftoverRuntime(directory);
    expect(isRunning(later)).toBe(true);
  });

  it('leaves the workerd of the original alone where the note has come with a copy', async () => {
    const original = await newDirectory();
    const running = await startWorkerd();
    await recordRuntime(original);
    const copy = join(await newDirectory(), 'copy');
    await cp(original, copy, { recursive: true });
    await endLeftoverRuntime(copy);
    expect(isRunning(running)).toBe(true);
    const exited = once(running, 'exit');
    await endLeftoverRuntime(original);
    await exited;
  });

  it.each(['', '[', '[15, 16]', '{}'])(
    'takes the note %j for none, as a power cut leaves it',
    async (note) => {
      const directory = await newDirectory();
      await writeFile(join(directory, RUNTIME_NOTE), note);
      await endLeftoverRuntime(directory);
    },
  );

  it.runIf(process.platform === 'linux')('ends a workerd that has files of the directory open', async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, 'state'));
    const file = join(directory, 'state', 'sales.sqlite');
    await writeFile(file, '');
    const ours = await startWorkerd(file);
    const exited = once(ours, 'exit');
    // The directory may be reached by another name.
    const link = join(await newDirectory(), 'link');
    await symlink(directory, link);
    await endLeftoverRuntime(link);
    await exited;
  });
});

it('recordRuntime notes the workerd processes of this process', async () => {
  const directory = await newDirectory();
  const own = await startWorkerd();
  await recordRuntime(directory);
  const note = JSON.parse(await readFile(join(directory, RUNTIME_NOTE), 'utf8'));
  expect(note.processes).toContainEqual({ pid: own.pid, startedAt: expect.any(String) });
});
