import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StartError } from '../../../../../workers/local/command-line/start-error.ts';
import {
  findOperatorSocket,
  lockDirectory,
  operatorSocketOf,
} from '../../../../../workers/local/system/instance-lock.ts';

const newDirectory = (prefix = 'lock-') => mkdtemp(join(tmpdir(), prefix));
const MODULE = new URL('../../../../../workers/local/system/instance-lock.ts', import.meta.url).href;

/** A process that holds the lock on a directory until it is killed, with a temporary directory of its own. */
async function startHolder(directory: string) {
  const script = `import { lockDirectory } from ${JSON.stringify(MODULE)};
    await lockDirectory(${JSON.stringify(directory)});
    console.log('locked');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, TMPDIR: await newDirectory('other-tmp-') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Also where the test fails while it runs.
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('lockDirectory', () => {
  it('refuses a directory that a process with another TMPDIR holds, and frees it when that is killed', async () => {
    const directory = await newDirectory();
    const holder = await startHolder(directory);
    await expect(lockDirectory(directory)).rejects.toThrow(
      `${directory} is in use by process ${holder.pid}.`,
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const unlock = await lockDirectory(directory);
    await unlock();
    await (await lockDirectory(directory))();
  });

  it('takes a lock file that a power cut has filled with anything, and an empty one', async () => {
    for (const content of ['', 'x'.repeat(5000)]) {
      const directory = await newDirectory();
      await writeFile(join(directory, 'instance.lock'), content);
      const unlock = await lockDirectory(directory);
      await unlock();
    }
  });

  it('names the file that cannot be locked, and the fix', async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, 'instance.lock'));
    const failed = lockDirectory(directory);
    await expect(failed).rejects.toBeInstanceOf(StartError);
    await expect(failed).rejects.toThrow(join(directory, 'instance.lock'));
  });
});

describe('the operator socket', () => {
  it('is found by the note in the directory, which a damaged one does not prevent', async () => {
    const directory = await newDirectory();
    expect(await findOperatorSocket(directory)).toBeNull();
    const unlock = await lockDirectory(directory);
    expect(await findOperatorSocket(directory)).toBe(operatorSocketOf(directory));
    await writeFile(join(directory, 'instance.json'), '{"pid":');
    expect(await findOperatorSocket(directory)).toBeNull();
    await unlock();
    await expect(readFile(join(directory, 'instance.json'))).rejects.toThrow('ENOENT');
  });

  it('has a path short enough for every system, whatever the length of the directory', async () => {
    const directory = join(await newDirectory(), 'a'.repeat(120));
    await mkdir(directory);
    expect(Buffer.byteLength(operatorSocketOf(directory))).toBeLessThanOrEqual(104);
  });
});
