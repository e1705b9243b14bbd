import { describe, expect, it } from 'vitest';
import { chooseStore } from '../../../shared/store/choose-store.ts';

describe('the store of a Worker', () => {
  const asked: string[] = [];
  const SALES_STORE = {
    getByName: (name: string) => {
      asked.push(name);
      return { status: async () => ({ value: 'embedded' }) };
    },
  };
  const access = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9', UPSTASH_REDIS_REST_TOKEN: 't' };

  it('is the embedded one unless Upstash is named', async () => {
    expect(await chooseStore({ SALES_STORE }).status()).toBe('embedded');
    expect(asked).toEqual(['sales']);
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
  ])('is none where %o', (bindings, message) => {
    expect(() => chooseStore(bindings)).toThrow(message);
  });
});
