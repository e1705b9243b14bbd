import { describe, expect, it } from 'vitest';
import { chooseStore } from '../../../../../shared/sales-store/bindings/choose-store.ts';

const EMPTY = {
  watermark: null,
  newestEntry: null,
  waitingEntries: 0,
  waitingRows: 0,
  oldestWaiting: null,
  deadLetters: 0,
  identity: null,
  liveFrom: null,
  storeCount: null,
  importedStores: [],
  compactedThrough: null,
  partition: null,
};

describe('the store of a Worker', () => {
  const asked: string[] = [];
  const SALES_STORE = {
    getByName: (name: string) => {
      asked.push(name);
      return { readDeadLetters: async () => ({ value: [] }), status: async () => ({ value: EMPTY }) };
    },
  };
  const access = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9', UPSTASH_REDIS_REST_TOKEN: 't' };

  it('is the embedded one unless Upstash is named', async () => {
    expect(await chooseStore({ SALES_STORE }).status()).toMatchObject(EMPTY);
    expect(asked).toEqual(['sales']);
  });

  it('is divided where the variable says so, its first partition where an undivided one would be', async () => {
    asked.length = 0;
    const store = chooseStore({ SALES_STORE, STREAM_PARTITIONS: '3' });
    expect(store.partitions.map(({ index, count }) => `${index}/${count}`)).toEqual(['0/3', '1/3', '2/3']);
    await store.readDeadLetters(1);
    expect(asked).toEqual(['sales', 'sales:partition:1', 'sales:partition:2']);
    expect(chooseStore({ SALES_STORE, STREAM_PARTITIONS: '' }).partitions).toHaveLength(1);
  });

  it('is Upstash where it is named, whatever else is bound', async () => {
    await expect(chooseStore({ SALES_STORE, ...access }).status()).rejects.toThrow(/^status: fetch failed/);
  });

  it.each([
    [
      { SALES_STORE, UPSTASH_REDIS_REST_URL: access.UPSTASH_REDIS_REST_URL },
      /^UPSTASH_REDIS_REST_TOKEN is missing/,
    ],
    [{ SALES_STORE, UPSTASH_REDIS_REST_TOKEN: 't' }, /^UPSTASH_REDIS_REST_URL is missing/],
    [{ ...access, UPSTASH_REDIS_REST_URL: 'eu1-x.upstash.io' }, /must be an address/],
    [{}, /no store/],
    [{ SALES_STORE, STREAM_PARTITIONS: '0' }, /^STREAM_PARTITIONS must be a whole number in 1\.\.64$/],
    [{ SALES_STORE, STREAM_PARTITIONS: '65' }, /^STREAM_PARTITIONS must be/],
    [{ SALES_STORE, STREAM_PARTITIONS: '2.5' }, /^STREAM_PARTITIONS must be/],
  ])('is none where %o', (bindings, message) => {
    expect(() => chooseStore(bindings)).toThrow(message);
  });
});
