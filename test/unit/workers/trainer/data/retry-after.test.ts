import { expect, it } from 'vitest';
import { readRetryAfter } from '../../../../../workers/trainer/data/retry-after.ts';

it('Retry-After holds seconds or a date', () => {
  const now = Date.parse('2026-11-23T03:00:00Z');
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('Mon, 23 Nov 2026 03:00:30 GMT', now)).toBe(30_000);
  expect(readRetryAfter('Mon, 23 Nov 2026 02:00:00 GMT', now)).toBe(0);
  expect(readRetryAfter('soon', now)).toBeNull();
  expect(readRetryAfter(null, now)).toBeNull();
});
