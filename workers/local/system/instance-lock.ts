import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../command-line/start-error.ts';

/**
 * Keeps a second instance out of a data directory: the first listens on a socket named after it. Unlike a file with a
 * process id, a socket proves whether its owner is alive.
 *
 * @returns a function that releases the directory.
 * @throws {StartError} when a running instance holds the directory.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = socketPath(realpathSync(directory));
  const server = (await listen(path)) ?? (await takeOver(path, directory));
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/** Paths of sockets must be short (104 bytes on some systems), those of directories need not be. */
export function socketPath(directory: string, purpose = ''): string {
  const name = `retail-demand-${createHash('sha256').update(directory).digest('hex').slice(0, 20)}${purpose}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** @returns null when a process is listening already, or was at a power cut. */
function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.end(String(process.pid)));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}

async function takeOver(path: string, directory: string): Promise<Server> {
  const holder = await askHolder(path);
  if (holder === null) rmSync(path, { force: true });
  const server = holder === null ? await listen(path) : null;
  if (server !== null) return server;
  throw new StartError(
    `${directory} is in use by process ${holder ?? 'that has just started'}.`,
    'End that process, or give this one another directory: npm start -- --data-dir .data/other',
  );
}

/** @returns the listening process; null when there is none. */
function askHolder(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const connection = createConnection(path);
    let answer = '';
    connection.on('data', (chunk) => {
      answer += chunk.toString();
    });
    connection.once('end', () => resolve(answer));
    connection.once('error', () => resolve(null));
  });
}
