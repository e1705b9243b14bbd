import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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
    const lock = await lockDirectory(${JSON.stringify(directory)}, console.log);
    lock.failed.catch((error) => console.log(error.message));
    console.log('locked');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, TMPDIR: await newDirectory('other-tmp-') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Also where the test fails while it runs.
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child.stdout, 'data');
  return Object.assign(child, { output: () => output });
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
    const { release } = await lockDirectory(directory);
    await release();
    await (await lockDirectory(directory)).release();
  });

  it('takes a lock file that a power cut has filled with anything, and an empty one', async () => {
    for (const content of ['', 'x'.repeat(5000)]) {
      const directory = await newDirectory();
      await writeFile(join(directory, 'instance.lock'), content);
      const { release } = await lockDirectory(directory);
      await release();
    }
  });

  it.each([{ files: ['instance.lock'] }, { files: ['instance.lock', 'instance.json'] }])(
    'refuses while the holder lives although files of the lock were removed ($files), which it puts back',
    async ({ files }) => {
      // The file that it has open is found on Linux only.
      if (files.length > 1 && process.platform !== 'linux') return;
      const directory = await newDirectory();
      const holder = await startHolder(directory);
      const refusal = `${directory} is in use by process ${holder.pid}.`;
      for (const file of files) await rm(join(directory, file));
      await expect(lockDirectory(directory)).rejects.toThrow(refusal);
      await expect.poll(holder.output, { timeout: 10_000 }).toContain('instance.lock was removed');
      await expect.poll(() => readdir(directory), { timeout: 10_000 }).toContain('instance.json');
      await expect(lockDirectory(directory)).rejects.toThrow(refusal);
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      await (await lockDirectory(directory)).release();
    },
  );

  it('ends the holder with a message when the directory was moved or removed', async () => {
    const directory = await newDirectory();
    const holder = await startHolder(directory);
    await rename(directory, `${directory}-moved`);
    await expect
      .poll(holder.output, { timeout: 10_000 })
      .toContain(`${directory} was moved, replaced or removed while this process used it.`);
  });

  it('ends the holder when another process keeps the lock file that took the place of the removed one', async () => {
    const directory = await newDirectory();
    const holder = await startHolder(directory);
    await rm(join(directory, 'instance.lock'));
    const other = new DatabaseSync(join(directory, 'instance.lock'));
    other.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    await expect
      .poll(holder.output, { timeout: 20_000 })
      .toMatch(
        /instance.lock was removed while this process used the directory, and process .* has taken it/,
      );
    other.close();
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
    const { release } = await lockDirectory(directory);
    expect(await findOperatorSocket(directory)).toBe(operatorSocketOf(directory));
    await writeFile(join(directory, 'instance.json'), '{"pid":');
    expect(await findOperatorSocket(directory)).toBeNull();
    await release();
    await expect(readFile(join(directory, 'instance.json'))).rejects.toThrow('ENOENT');
  });

  it('of the original is not that of a copy', async () => {
    const [original, copy] = [await newDirectory(), join(await newDirectory(), 'copy')];
    const { release } = await lockDirectory(original);
    await cp(original, copy, { recursive: true });
    expect(await findOperatorSocket(copy)).toBeNull();
    const own = await lockDirectory(copy);
    expect(await findOperatorSocket(copy)).toBe(operatorSocketOf(copy));
    await own.release();
    expect(await findOperatorSocket(original)).toBe(operatorSocketOf(original));
    await release();
  });

  it('has a path short enough for every system, whatever the length of the directory', async () => {
    const directory = join(await newDirectory(), 'a'.repeat(120));
    await mkdir(directory);
    expect(Buffer.byteLength(operatorSocketOf(directory))).toBeLessThanOrEqual(104);
  });
});
