import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  openBusinessClock,
  TimeZoneError,
} from '../../../../../../workers/trainer/data/live/business-time-zone.ts';

async function configuration(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'wrangler-')), 'wrangler.toml');
  await writeFile(path, `name = "x"\nmain = "x.ts"\ncompatibility_date = "2026-10-01"\n${text}`);
  return path;
}

describe('the business time zone', () => {
  it('is that of wrangler.toml, which the Workers use, unless the environment sets another', async () => {
    const path = await configuration('[vars]\nBUSINESS_TIME_ZONE = "Asia/Tokyo" # the stores\n');
    expect((await openBusinessClock({}, path)).timeZone).toBe('Asia/Tokyo');
    expect((await openBusinessClock({ BUSINESS_TIME_ZONE: '' }, path)).timeZone).toBe('Asia/Tokyo');
    expect((await openBusinessClock({ BUSINESS_TIME_ZONE: 'Europe/Madrid' }, path)).timeZone).toBe(
      'Europe/Madrid',
    );
    expect((await openBusinessClock({})).timeZone).toBe('America/Guayaquil');
  });

  it.each([
    ['', {}, /BUSINESS_TIME_ZONE is missing: write it below \[vars\]/],
    ['[vars]\nBUSINESS_TIME_ZONE = "Mars"\n', {}, /"Mars" \(.*wrangler.toml\) is not an IANA time zone/],
    ['', { BUSINESS_TIME_ZONE: 'Mars' }, /"Mars" \(the environment\)/],
    [
      '[vars]\n# BUSINESS_TIME_ZONE = "Asia/Tokyo"\n[env.api.vars]\nBUSINESS_TIME_ZONE = "Asia/Tokyo"\n',
      {},
      /is missing/,
    ],
  ])('is not guessed: %j with %j', async (text, environment, message) => {
    const attempt = openBusinessClock(environment, await configuration(text));
    await expect(attempt).rejects.toThrow(TimeZoneError);
    await expect(attempt).rejects.toThrow(message);
  });

  it('is reported missing without a wrangler.toml', () =>
    expect(openBusinessClock({}, '/nowhere/wrangler.toml')).rejects.toThrow(/Set it in the environment/));
});
