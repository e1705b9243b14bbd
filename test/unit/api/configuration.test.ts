import { expect, it } from 'vitest';
import { parseConfiguration } from '../../../workers/api/configuration.ts';

it('needs a time zone only, and then lets no other origin in', () => {
  expect(parseConfiguration({ BUSINESS_TIME_ZONE: 'America/Guayaquil', ARTIFACTS: {} })).toEqual({
    BUSINESS_TIME_ZONE: 'America/Guayaquil',
    CORS_ALLOWED_ORIGINS: [],
  });
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

it('lists everything that is wrong at once', () => {
  expect(() => parseConfiguration({ CORS_ALLOWED_ORIGINS: 'shop.example' })).toThrow(
    /BUSINESS_TIME_ZONE is required.*; CORS_ALLOWED_ORIGINS is not a list of origins/,
  );
  expect(() => parseConfiguration({ BUSINESS_TIME_ZONE: 'Quito' })).toThrow(/is not a time zone/);
  const withPath = { BUSINESS_TIME_ZONE: 'UTC', CORS_ALLOWED_ORIGINS: 'https://a.example/shop' };
  expect(() => parseConfiguration(withPath)).toThrow(/CORS_ALLOWED_ORIGINS/);
});
