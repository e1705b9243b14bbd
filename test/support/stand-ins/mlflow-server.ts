import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../processes/local-process.ts';
import { virtualEnvironmentForTests } from '../processes/virtual-environment.ts';
import { MLFLOW_PACKAGES } from './mlflow-packages.ts';

const START_LIMIT_MS = 120_000;

export interface MlflowServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real `mlflow server` on a free port of loopback, with SQLite and proxied artifacts in a directory of its own.
 *
 * @returns null where services are not required and MLflow has not been installed yet
 */
export async function startMlflowServer(): Promise<MlflowServer | null> {
  const programs = await virtualEnvironmentForTests('mlflow', MLFLOW_PACKAGES);
  if (programs === null) return null;
  const directory = await mkdtemp(join(tmpdir(), 'mlflow-'));
  const port = await freePort();
  const server = spawn(
    join(programs, 'mlflow'),
    [
      'server',
      ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${directory}/mlflow.db`],
      ...['--artifacts-destination', join(directory, 'artifacts')],
    ],
    {
      cwd: directory,
      // It starts processes of its own; a group can be ended whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: 'true',
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      },
    },
  );
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (log += String(text)));
  const stop = async () => {
    await endGroup(server);
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(url, server, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilHealthy(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS;
  while (performance.now() < limit) {
    if (server.exitCode !== null) throw new Error(`mlflow server ended: ${log()}`);
    const isHealthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isHealthy) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`mlflow server has not answered for ${START_LIMIT_MS / 1000} s: ${log()}`);
}

async function endGroup(server: ChildProcess): Promise<void> {
  const { pid } = server;
  if (pid === undefined || server.exitCode !== null) return;
  const ended = once(server, 'exit');
  process.kill(-pid, 'SIGTERM');
  const kill = setTimeout(() => process.kill(-pid, 'SIGKILL'), 10_000);
  await ended;
  clearTimeout(kill);
}
