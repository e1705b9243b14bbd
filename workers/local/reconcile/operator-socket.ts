import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { findOperatorSocket, operatorSocketOf } from '../system/instance-lock.ts';
import { ReconcileError, type ReconcileMode, type ReconcileReport } from './report.ts';

/**
 * Lets `npm run reconcile` ask the process that runs on a data directory: only that process can reach the stores, and
 * the embedded one has no other address. Only the user who started it may connect.
 *
 * @returns a function that closes the socket.
 */
export async function serveOperator(
  directory: string,
  reconcile: (mode: ReconcileMode) => Promise<ReconcileReport>,
): Promise<() => Promise<void>> {
  const path = operatorSocketOf(directory);
  const server = createServer((message, response) => {
    message.resume();
    const { pathname, searchParams } = new URL(message.url ?? '/', 'http://operator');
    reconcile({ repair: pathname === '/repair', since: searchParams.get('since') }).then(
      (report) => response.end(JSON.stringify(report)),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    );
  });
  // The lock on the directory is held, so an existing socket was left behind by a killed process.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  server.unref();
  return async () => {
    server.close();
    server.closeAllConnections();
  };
}

/**
 * @returns null when no process runs on the directory.
 * @throws {ReconcileError} with the error of that process.
 */
export async function askOperator(
  directory: string,
  { repair, since }: ReconcileMode,
): Promise<ReconcileReport | null> {
  const socket = await findOperatorSocket(directory);
  if (socket === null) return null;
  return new Promise((resolve, reject) => {
    const path = `/${repair ? 'repair' : 'report'}${since === null ? '' : `?since=${since}`}`;
    const asking = request({ socketPath: socket, path, method: 'POST' });
    asking.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
    asking.once('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as ReconcileReport);
        else reject(new ReconcileError(text));
      });
    });
    asking.end();
  });
}
