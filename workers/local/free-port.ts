import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Makes sure that nothing listens on the port, before minutes of work go into preparing what would listen there.
 *
 * @throws {StartError} when the port is taken or may not be used.
 */
export function assertPortIsFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be used (${error.code})`;
      reject(
        new StartError(
          `Port ${port} on ${host} ${reason}.`,
          'End that process, or choose another: npm start -- --port 9000',
          {
            cause: error,
          },
        ),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
