import { randomBytes } from 'node:crypto';
import { open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, startLocalProcess } from '../support/processes/local-process.ts';
import type { ChaosSystem } from './chaos-system.ts';

/** How the system is expected to be after a fault. */
export type Aftermath =
  /** It works again by itself, with everything that was acknowledged. */
  | { readonly kind: 'recovers' }
  /** It ended, and the next start works with everything that was acknowledged. */
  | { readonly kind: 'restart' }
  /** Data were destroyed: the next start refuses or says what is gone, and what was acknowledged before may be. */
  | { readonly kind: 'destroyed'; readonly says: RegExp };

export interface Fault {
  readonly name: string;
  /** Whether it can happen to this system. */
  readonly fits?: (system: ChaosSystem) => boolean;
  apply(system: ChaosSystem, random: () => number): Promise<Aftermath>;
}

const recovers: Aftermath = { kind: 'recovers' };
const restart: Aftermath = { kind: 'restart' };
const usesRedis = (system: ChaosSystem) => system.arguments().includes('redis');
const isEmbedded = (system: ChaosSystem) => !usesRedis(system);

async function signalChildren(system: ChaosSystem, name: string, signal: NodeJS.Signals): Promise<void> {
  for (const pid of await system.children(name)) process.kill(pid, signal);
}

async function endCleanly(system: ChaosSystem): Promise<void> {
  system.process.signal('SIGTERM');
  await system.process.exited;
}

/** The largest database of the embedded sales store: the one with the sales. */
async function salesFile(system: ChaosSystem): Promise<string> {
  const folder = join(system.dataDir, 'state', 'do');
  const names = await readdir(folder, { recursive: true });
  const files = names.filter(
    (name) => name.includes('SalesStoreObject') && /[0-9a-f]{64}\.sqlite$/.test(name),
  );
  const sizes = await Promise.all(
    files.map(async (name) => ({ name, size: (await stat(join(folder, name))).size })),
  );
  const largest = sizes.sort((a, b) => b.size - a.size)[0];
  if (!largest) throw new Error('the sales store has no file');
  return join(folder, largest.name);
}

/** Sends bytes that are no proper request, and closes. */
async function sendBytes(system: ChaosSystem, text: string): Promise<void> {
  const { hostname, port } = new URL(system.origin);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(text);
  await wait(300);
  socket.destroy();
}

const POST = (system: ChaosSystem) =>
  `POST /v1/transactions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${system.key}\r\nContent-Type: application/json\r\n`;

const notes = ['runtime.json', 'instance.json', 'sales-store.json', 'instance.lock', 'state-checksums.json'];

/** Single faults; every one is followed by the end of everything that it started. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'workerd killed',
    apply: async (system) => {
      await signalChildren(system, 'workerd', 'SIGKILL');
      return recovers;
    },
  },
  {
    name: 'workerd stopped',
    apply: async (system) => {
      await signalChildren(system, 'workerd', 'SIGSTOP');
      return recovers;
    },
  },
  {
    name: 'redis-server killed',
    fits: usesRedis,
    apply: async (system) => {
      await signalChildren(system, 'redis-server', 'SIGKILL');
      return recovers;
    },
  },
  {
    name: 'redis-server stopped',
    fits: usesRedis,
    apply: async (system) => {
      await signalChildren(system, 'redis-server', 'SIGSTOP');
      return recovers;
    },
  },
  {
    name: 'main process killed',
    apply: async (system) => {
      system.process.signal('SIGKILL');
      await system.process.exited;
      return restart;
    },
  },
  {
    name: 'everything killed at once',
    apply: async (system) => {
      await system.process.kill();
      return restart;
    },
  },
  {
    name: 'ended by SIGTERM',
    apply: async (system) => {
      await endCleanly(system);
      return restart;
    },
  },
  {
    name: 'notes emptied or filled with garbage after a kill',
    apply: async (system, random) => {
      await system.process.kill();
      for (const note of notes) {
        const content = random() < 0.5 ? '' : randomBytes(50);
        if (random() < 0.7) await writeFile(join(system.dataDir, note), content);
      }
      return restart;
    },
  },
  {
    name: 'second start on the same directory',
    apply: async (system) => {
      const second = startLocalProcess(system.arguments(), await freePort());
      const outcome = await second.then(
        async (started) => {
          await started.kill();
          return 'started';
        },
        (error: Error) => error.message,
      );
      if (!outcome.includes('is in use by process')) throw new Error(`a second start: ${outcome}`);
      return recovers;
    },
  },
  {
    name: 'malformed bodies and broken connections',
    apply: async (system) => {
      const head = POST(system);
      await sendBytes(system, `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n`);
      await sendBytes(system, `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n`);
      await sendBytes(system, `${head}Content-Length: 1000\r\n\r\n[{"id":"x"`);
      await sendBytes(system, 'GARBAGE\r\n\r\n');
      return recovers;
    },
  },
  {
    name: 'sales store deleted',
    fits: isEmbedded,
    apply: async (system, random) => {
      if (random() < 0.5) await endCleanly(system);
      else await system.process.kill();
      const file = await salesFile(system);
      for (const path of [file, `${file}-wal`, `${file}-shm`]) await rm(path, { force: true });
      return { kind: 'destroyed', says: /The sales store .*Gone are/s };
    },
  },
  {
    name: 'sales store truncated',
    fits: isEmbedded,
    apply: async (system, random) => {
      await endCleanly(system);
      const file = await salesFile(system);
      const { size } = await stat(file);
      await truncate(file, Math.floor(size * random()));
      return { kind: 'destroyed', says: /is damaged|is not as the last stop left it|Gone are/ };
    },
  },
  {
    name: 'a byte of the sales store flipped',
    fits: isEmbedded,
    apply: async (system, random) => {
      await endCleanly(system);
      const path = await salesFile(system);
      const file = await open(path, 'r+');
      try {
        const { size } = await file.stat();
        const place = Math.floor(size * random());
        const { buffer } = await file.read(Buffer.alloc(1), 0, 1, place);
        buffer.writeUInt8(buffer.readUInt8(0) ^ (1 << Math.floor(8 * random())));
        await file.write(buffer, 0, 1, place);
      } finally {
        await file.close();
      }
      return { kind: 'destroyed', says: /is damaged|is not as the last stop left it/ };
    },
  },
  {
    name: 'published dataset deleted',
    apply: async (system) => {
      await endCleanly(system);
      await rm(join(system.dataDir, 'state', 'r2'), { recursive: true });
      return { kind: 'destroyed', says: /The published dataset of .* cannot be read/ };
    },
  },
];
