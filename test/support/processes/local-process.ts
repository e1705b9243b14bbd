import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** A port on loopback that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** `npm start` as a process group of its own, so that it can be killed with all its children. */
export interface LocalProcess {
  readonly origin: string;
  /** Of the main process. */
  readonly pid: number | undefined;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
  /** As a supervisor does: to the main process alone. */
  signal(signal: NodeJS.Signals): void;
  /** Ctrl-C in a terminal: to every process at once. */
  interrupt(): void;
  /** SIGKILL to every process at once, as a power cut would. */
  kill(): Promise<void>;
}

/** @param env variables in addition to those of this process. */
export async function startLocalProcess(
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<LocalProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['workers/local/start.ts', '--port', String(port), ...args],
    {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, signal);
    }
  };
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(`ready http://localhost:${port}`)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready:\n${output}`)));
  });
  await ready;
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid,
    output: () => output,
    exited,
    signal: (signal) => child.kill(signal),
    interrupt: () => signalGroup('SIGINT'),
    kill: async () => {
      signalGroup('SIGKILL');
      await exited;
    },
  };
}
