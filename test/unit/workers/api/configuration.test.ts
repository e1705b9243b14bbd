import { expect, it } from 'vitest';
import { parseConfiguration } from '../../../../workers/api/configuration.ts';
import { messageOf } from '../../../support/message-of.ts';

it('needs a time zone only, and then lets no other origin in', () => {
  expect(parseConfiguration({ BUSINESS_TIME_ZONE: 'America/Guayaquil', ARTIFACTS: {} })).toEqual({
    BUSINESS_TIME_ZONE: 'America/Guayaquil',
    CLOCK_OFFSET_MS: expect.any(Function),
    CORS_ALLOWED_ORIGINS: [],
    INGEST_API_KEYS: [],
  });
});

it('goes by the real time, or by one that is moved as a whole', () => {
  const nowOf = (variables: object) =>
    parseConfiguration({ BUSINESS_TIME_ZONE: 'UTC', ...variables }).CLOCK_OFFSET_MS();
  expect(Math.abs(nowOf({}) - Date.now())).toBeLessThan(1000);
  expect(Math.abs(nowOf({ CLOCK_OFFSET_MS: '-3071100000' }) + 3_071_100_000 - Date.now())).toBeLessThan(1000);
  expect(messageOf(() => nowOf({ CLOCK_OFFSET_MS: '1 day' }))).toContain('CLOCK_OFFSET_MS must be');
});

it('takes origins separated by commas', () => {
  const variables = {
    BUSINESS_TIME_ZONE: 'UTC',
    CORS_ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173,',
  };
  expect(parseConfiguration(variables).CORS_ALLOWED_ORIGINS).toEqual([
    'https://a.example',
    'http://localhost:5173',
  ]);
});

it('takes keys as they are or as digests, and refuses short ones without repeating them', () => {
  const hashed = `sha256:${'0a'.repeat(32)}`;
  const parse = (keys: string) => parseConfiguration({ BUSINESS_TIME_ZONE: 'UTC', INGEST_API_KEYS: keys });
  expect(parse(`a-key-of-some-length, ${hashed},`).INGEST_API_KEYS).toEqual(['a-key-of-some-length', hashed]);
  const second = messageOf(() => parse(`${hashed},secret`));
  expect(second).toContain('INGEST_API_KEYS is not a list of keys: key 2');
  const first = messageOf(() => parse('secret'));
  expect(first).toContain('key 1');
  for (const message of [first, second]) expect(message).not.toMatch(/secret|0a0a/);
  expect(() => parse('sha256:0a')).toThrow(/64 hexadecimal digits/);
});

it('lists everything that is wrong at once', () => {
  expect(() => parseConfiguration({ CORS_ALLOWED_ORIGINS: 'shop.example' })).toThrow(
    /BUSINESS_TIME_ZONE is required.*; CORS_ALLOWED_ORIGINS is not a list of origins/,
  );
  expect(() => parseConfiguration({ BUSINESS_TIME_ZONE: 'Quito' })).toThrow(/is not a time zone/);
  const withPath = { BUSINESS_TIME_ZONE: 'UTC', CORS_ALLOWED_ORIGINS: 'https://a.example/shop' };
  expect(() => parseConfiguration(withPath)).toThrow(/CORS_ALLOWED_ORIGINS/);
});
