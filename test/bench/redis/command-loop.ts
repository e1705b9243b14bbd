import type { RedisClient } from '../../../shared/sales-store/upstash/redis-client.ts';
import type { Transaction } from '../../../shared/schemas/transaction.ts';

const GROUP = 'aggregators';

/** The pipeline as one command after the other, each in a request of its own. */
export interface CommandLoop {
  /** Appends transactions and counts them. @returns how many requests that took. */
  run(transactions: readonly Transaction[]): Promise<number>;
  /** Units counted so far, for a check. */
  counted(): Promise<number>;
}

/**
 * What this system replaces: every transaction is an entry of its own (XADD), a consumer group hands a batch over
 * (XREADGROUP, once a batch), and for each of its entries three float sums go up (HINCRBYFLOAT by day, week and month)
 * before it is acknowledged (XACK). Five commands a transaction and one a batch, 251 for a batch of 50; expiry times
 * and whatever else such loops do are left out in its favour. The requests are made by the same client.
 */
export async function createCommandLoop(client: RedisClient, namespace: string): Promise<CommandLoop> {
  const stream = `${namespace}stream`;
  const [daily, weekly, monthly] = ['daily', 'weekly', 'monthly'].map((name) => namespace + name);
  await client.exec(['XGROUP', 'CREATE', stream, GROUP, '$', 'MKSTREAM']);
  return {
    run: async (transactions) => {
      let requests = 0;
      const send = (command: [string, ...string[]]) => {
        requests++;
        return client.exec(command);
      };
      for (const { id, ts, store_nbr, family, units } of transactions) {
        const fields = [
          'id',
          id,
          'ts',
          String(ts),
          'series',
          `${store_nbr}:${family}`,
          'units',
          String(units),
        ];
        await send(['XADD', stream, '*', ...fields]);
      }
      const count = String(transactions.length);
      const reply = await send([
        'XREADGROUP',
        'GROUP',
        GROUP,
        'worker',
        'COUNT',
        count,
        'STREAMS',
        stream,
        '>',
      ]);
      const [[, entries]] = reply as [[string, [string, string[]][]]];
      for (const [id, fields] of entries) {
        const series = fields[5] ?? '';
        const units = fields[7] ?? '0';
        for (const bucket of [daily, weekly, monthly]) {
          await send(['HINCRBYFLOAT', bucket ?? '', series, units]);
        }
        await send(['XACK', stream, GROUP, id]);
      }
      return requests;
    },
    counted: async () => {
      const values = (await client.exec(['HVALS', daily ?? ''])) as string[];
      return values.reduce((sum, value) => sum + Number(value), 0);
    },
  };
}
