import type { RedisClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';

/** Everything below a namespace, in an order of its own. */
export async function dump(client: RedisClient, namespace: string): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  for (const key of ((await client.exec(['KEYS', `${namespace}*`])) as string[]).sort()) {
    const kind = await client.exec(['TYPE', key]);
    const name = key.slice(namespace.length);
    if (kind === 'hash') {
      const flat = (await client.exec(['HGETALL', key])) as string[];
      content[name] = Object.fromEntries(flat.flatMap((f, i) => (i % 2 === 0 ? [[f, flat[i + 1]]] : [])));
    } else if (kind === 'zset') content[name] = await client.exec(['ZRANGE', key, '0', '-1', 'WITHSCORES']);
    else if (kind === 'stream') content[name] = await client.exec(['XRANGE', key, '-', '+']);
    else throw new Error(`${key} is a ${kind}`);
  }
  return content;
}
