import type { RedisClient } from '../../../shared/sales-store/upstash/redis-client.ts';
import type { Transaction } from '../../../shared/schemas/transaction.ts';

const GROUP = 'aggregators';

/** The pipeline as one command after the other, each in its own request. */
export interface CommandLoop {
  /** Appends transactions and counts them. @returns the number of requests */
  run(transactions: readonly Transaction[]): Promise<number>;
  /** Units counted so far, for verification. */
  counted(): Promise<number>;
}

/**
 * The design that this system replaces: every transaction is its own entry (XADD), a consumer group delivers a batch
 * (XREADGROUP, once per batch), and each of its entries increments three float sums (HINCRBYFLOAT by day, week and
 * month) before it is acknowledged (XACK). Five commands per transaction and one per batch, 251 for a batch of 50;
 * expiry and other commands of such loops are left out in its favour. Requests go through the same client.
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
