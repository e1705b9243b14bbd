import { open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosSystem } from './chaos-system.ts';
import { type Destruction, endCleanly, isEmbedded, usesRedis } from './fault.ts';

/** The largest of some files. @throws where there is none. */
async function largestOf(folder: string, isMeant: (name: string) => boolean): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter(isMeant);
  const sizes = await Promise.all(
    names.map(async (name) => ({ name, size: (await stat(join(folder, name))).size })),
  );
  const largest = sizes.sort((a, b) => b.size - a.size)[0];
  if (!largest) throw new Error(`${folder} has no such file`);
  return join(folder, largest.name);
}

/** The file with the sales: the largest database of the embedded store, or the append-only file of Redis. */
function salesFile({ dataDir, options }: ChaosSystem): Promise<string> {
  return isEmbedded(options)
    ? largestOf(
        join(dataDir, 'state', 'do'),
        (name) => name.includes('SalesStoreObject') && /[0-9a-f]{64}\.sqlite$/.test(name),
      )
    : largestOf(join(dataDir, 'redis', 'appendonlydir'), (name) => name.endsWith('.incr.aof'));
}

async function flipBit(path: string, random: () => number): Promise<void> {
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
}

const DAMAGED = /is damaged|is not as the last stop left it|Gone are/;
const GONE = /The sales store .*Gone are/s;

export const DESTRUCTIONS: readonly Destruction[] = [
  {
    name: 'sales store deleted',
    says: DAMAGED,
    destroy: async (system, random) => {
      if (random() < 0.5) await endCleanly(system);
      else await system.process.kill();
      const file = await salesFile(system);
      for (const path of [file, `${file}-wal`, `${file}-shm`]) await rm(path, { force: true });
    },
  },
  {
    name: 'folder of redis-server deleted',
    fits: usesRedis,
    says: GONE,
    destroy: async (system, random) => {
      if (random() < 0.5) await endCleanly(system);
      else await system.process.kill();
      await rm(join(system.dataDir, 'redis'), { recursive: true });
    },
  },
  {
    name: 'sales store truncated',
    says: DAMAGED,
    destroy: async (system, random) => {
      await endCleanly(system);
      const file = await salesFile(system);
      const { size } = await stat(file);
      await truncate(file, Math.floor(size * random()));
    },
  },
  {
    name: 'sales store emptied',
    says: DAMAGED,
    destroy: async (system) => {
      await endCleanly(system);
      await truncate(await salesFile(system), 0);
    },
  },
  {
    name: 'a bit of the sales store flipped',
    says: DAMAGED,
    destroy: async (system, random) => {
      await endCleanly(system);
      await flipBit(await salesFile(system), random);
    },
  },
  {
    name: 'published dataset deleted',
    says: /The published dataset of .* cannot be read/,
    destroy: async (system) => {
      await endCleanly(system);
      await rm(join(system.dataDir, 'state', 'r2'), { recursive: true });
    },
  },
];
