import { expect, it } from 'vitest';
import {
  toTexts,
  toTextsOrNulls,
  UpstashStoreError,
} from '../../../../../shared/sales-store/upstash/requests.ts';
import { createUpstashSalesStore } from '../../../../../shared/sales-store/upstash/upstash-sales-store.ts';

const storeThatAnswers = (reply: unknown) =>
  createUpstashSalesStore({
    eval: async () => reply,
    evalRo: async () => reply,
    exec: async () => reply,
    pipeline: async () => [],
  });

it('a reply is read as texts, or refused as that of another server', () => {
  expect(toTexts(['a', ''])).toEqual(['a', '']);
  expect(toTextsOrNulls(['a', null])).toEqual(['a', null]);
  for (const reply of [null, 'a', {}, [1], ['a', undefined]]) {
    expect(() => toTexts(reply)).toThrow(UpstashStoreError);
    expect(() => toTextsOrNulls(reply)).toThrow(UpstashStoreError);
  }
  expect(() => toTexts([null])).toThrow(UpstashStoreError);
});

it('a store whose server answers with something else does not look empty', async () => {
  await expect(storeThatAnswers({}).status()).rejects.toThrow('the reply is not a list of texts');
  await expect(storeThatAnswers(null).readBucket('sales_daily', '2026-11-23')).rejects.toThrow(
    UpstashStoreError,
  );
});

it('a watermark that is no entry id is refused', async () => {
  const reply = ['watermark', 'yesterday'];
  await expect(storeThatAnswers(reply).status()).rejects.toThrow('"yesterday" is not an entry id');
});
