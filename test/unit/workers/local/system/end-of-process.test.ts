import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MODULE = new URL('../../../../../workers/local/system/end-of-process.ts', import.meta.url).href;

/**
 * A process that waits for its end and writes what ended it, below a shell, below a process that stands for npm.
 *
 * @returns where it writes.
 */
async function startBelowNpm() {
  const directory = await mkdtemp(join(tmpdir(), 'end-'));
  const [script, log] = [join(directory, 'wait.ts'), join(directory, 'log')];
  await writeFile(log, '');
  await writeFile(
    script,
    `import { appendFileSync } from 'node:fs';
     import { endOfProcess } from ${JSON.stringify(MODULE)};
     const keepAlive = setInterval(() => undefined, 1000);
     const ended = endOfProcess();
     setTimeout(() => appendFileSync(${JSON.stringify(log)}, 'waiting '), 200);
     appendFileSync(${JSON.stringify(log)}, (await ended) + ' ');
     clearInterval(keepAlive);
     process.exit(0);`,
  );
  // The second command keeps the shell from replacing itself by the first.
  const command = `"${process.execPath}" "${script}"; true`;
  const npm = spawn('sh', ['-c', `sh -c '${command}'; true`], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: 'ignore',
    detached: true,
  });
  const read = () => readFile(log, 'utf8');
  await expect.poll(read, { timeout: 20_000 }).toBe('waiting ');
  return { npm, read };
}

it('a process below npm ends when npm is killed, which passes nothing on', async () => {
  const { npm, read } = await startBelowNpm();
  npm.kill('SIGKILL');
  await expect.poll(read, { timeout: 20_000 }).toBe('waiting end of npm ');
});

it('a signal to the whole group, as a closed terminal sends it, is named', async () => {
  const { npm, read } = await startBelowNpm();
  if (npm.pid === undefined) throw new Error('the shell did not start');
  process.kill(-npm.pid, 'SIGHUP');
  await expect.poll(read, { timeout: 20_000 }).toBe('waiting SIGHUP ');
});
