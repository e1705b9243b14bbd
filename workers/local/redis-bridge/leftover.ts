import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { z } from 'zod';
import { StartError } from '../start-error.ts';

/** Tells how to reach the redis-server that works on a data directory; gone when that has ended in good order. */
export const LEFTOVER_FILE = 'redis-server.json';

const leftoverSchema = z.object({ port: z.int(), password: z.string() });
const PATIENCE_MS = 10_000;

/**
 * Ends the redis-server of a process that was killed before it could do so: two on the same files would ruin them.
 * The password shows that it is that one and no other that has the port now.
 *
 * @throws {StartError} when it does not end.
 */
export async function endLeftover(dataDir: string): Promise<void> {
  const file = join(dataDir, LEFTOVER_FILE);
  const found = await readFile(file, 'utf8').then(
    (text) => leftoverSchema.safeParse(JSON.parse(text)).data ?? null,
    () => null,
  );
  if (!found) return;
  for (let waited = 0; await isAlive(found); waited += 100) {
    if (waited > PATIENCE_MS) {
      throw new StartError(
        `A redis-server on port ${found.port} still works on ${dataDir}.`,
        'End that process, then start again.',
      );
    }
    await wait(100);
  }
  await rm(file, { force: true });
}

/** Asks it to end, if it is there. */
async function isAlive({ port, password }: z.infer<typeof leftoverSchema>): Promise<boolean> {
  const client = createClient({
    RESP: 2,
    password,
    socket: { host: '127.0.0.1', port, reconnectStrategy: false, connectTimeout: 2000 },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return false;
  }
  // It ends without an answer.
  await client.sendCommand(['SHUTDOWN']).catch(() => undefined);
  if (client.isOpen) client.destroy();
  return true;
}
