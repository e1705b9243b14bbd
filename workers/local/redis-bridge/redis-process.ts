import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createDirectory } from '../../trainer/data/create-directory.ts';
import { StartError } from '../command-line/start-error.ts';
import { writeDirectoryNote } from '../processes/directory-note.ts';
import { identifyProcess } from '../processes/find-processes.ts';
import { endLeftovers } from '../processes/leftover-processes.ts';

export interface RedisProcessOptions {
  /** Directory of the append-only file; created if missing. */
  readonly dataDir: string;
  /** `always`: no acknowledged write is lost to SIGKILL or power loss; `everysec` loses up to a second. */
  readonly appendfsync: 'always' | 'everysec';
}

/** A redis-server owned by this process, on loopback and with a password. */
export interface RedisProcess {
  readonly port: number;
  readonly password: string;
  readonly pid: number;
  /** Resolves when the process has ended for any reason. */
  readonly ended: Promise<void>;
  /** Lets it write its files and waits for its end. */
  stop(): Promise<void>;
  /** Ends it as a power loss would. */
  kill(): Promise<void>;
}

/** A file that names the redis-server on a directory, with its address; removed at a clean shutdown. */
export const LEFTOVER_FILE = 'redis-server.json';

const PROGRAM = 'redis-server';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const PORT_ATTEMPTS = 5;

/** @throws {StartError} when there is no redis-server or it does not start. */
export async function startRedis(options: RedisProcessOptions): Promise<RedisProcess> {
  await createDirectory(options.dataDir);
  await endLeftoverRedis(options.dataDir);
  // Another program may take the port between its choice and its use.
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(options, await freePort());
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function launch({ dataDir, appendfsync }: RedisProcessOptions, port: number): Promise<RedisProcess> {
  const password = randomBytes(24).toString('hex');
  const child = spawn(PROGRAM, ['-'], { cwd: dataDir, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // The configuration goes through a pipe: arguments, and the password with them, are visible to every user.
  child.stdin.on('error', () => undefined);
  child.stdin.end(
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `requirepass ${password}`,
      'appendonly yes',
      `appendfsync ${appendfsync}`,
      'save ""',
      'daemonize no',
      '',
    ].join('\n'),
  );
  const starting = ready(child, dataDir);
  // Before it is ready: this process may be killed meanwhile.
  const noted = noteProcess(dataDir, child, { port, password });
  try {
    await Promise.all([starting, noted]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('a redis-server that is ready has no process id');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    port,
    password,
    pid,
    ended,
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await end('SIGTERM');
      clearTimeout(timer);
      await rm(join(dataDir, LEFTOVER_FILE), { force: true });
    },
    kill: () => end('SIGKILL'),
  };
}

async function noteProcess(
  dataDir: string,
  { pid }: ChildProcess,
  address: { readonly port: number; readonly password: string },
): Promise<void> {
  // It did not start, which its events say.
  if (pid === undefined) return;
  const identity = await identifyProcess(pid);
  const processes = identity === null ? [] : [identity];
  await writeDirectoryNote(dataDir, LEFTOVER_FILE, { processes, ...address }, 0o600);
}

/**
 * Ends the redis-server of a process that was killed before it could do so: two on the same files would corrupt them.
 *
 * @throws {StartError} when it does not end.
 */
export function endLeftoverRedis(directory: string): Promise<void> {
  const programs = [PROGRAM, 'valkey-server'];
  return endLeftovers({ directory, note: LEFTOVER_FILE, files: '', programs, signal: 'SIGTERM' });
}

const INSTALL =
  'Install Redis 7.0 or later (apt-get install redis-server, brew install redis), or use the embedded store.';
/** What redis-server says of files that it does not read. */
const UNREADABLE = /append only file|AOF|RDB/;

function ready(child: ChildProcess, dataDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => fail('it was not ready in time'), START_TIMEOUT_MS);
    const fail = (reason: string, cause?: Error) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(
        UNREADABLE.test(reason)
          ? new StartError(
              `A file of redis-server in ${dataDir} is damaged or missing: ${reason}`,
              'Restore the directory from a backup, or start over with --reset, which removes all sales of it.',
            )
          : new StartError(`redis-server did not start: ${reason}`, INSTALL, { cause }),
      );
    };
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      if (!output.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      // From here on nothing reads the output, and the pipes must not fill up.
      child.stdout?.removeListener('data', collect).resume();
      child.stderr?.removeListener('data', collect).resume();
      resolve();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => fail(error.message, error));
    child.once('exit', (code) =>
      fail(`it ended with code ${code}: ${output.trim().split('\n').at(-1) ?? ''}`),
    );
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new Error('the system named no free port'));
      });
    });
  });
}
