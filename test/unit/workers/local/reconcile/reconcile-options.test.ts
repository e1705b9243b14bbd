import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReconcileOptions } from '../../../../../workers/local/reconcile/reconcile-options.ts';

const UPSTASH = { UPSTASH_REDIS_REST_URL: 'https://x.upstash.io', UPSTASH_REDIS_REST_TOKEN: 'token' };

describe('npm run reconcile on Upstash counts by the days of', () => {
  let directory = '';
  let configPath = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wrangler-'));
    configPath = join(directory, 'wrangler.toml');
    await writeFile(configPath, '[vars]\nBUSINESS_TIME_ZONE = "Asia/Tokyo"\n');
  });
  afterAll(() => rm(directory, { recursive: true }));

  const timeZoneOf = async (argv: readonly string[], env: Record<string, string>) =>
    (await parseReconcileOptions(argv, { ...UPSTASH, ...env }, configPath)).timeZone;

  it('wrangler.toml, by which the Workers count', async () => {
    expect(await timeZoneOf([], {})).toBe('Asia/Tokyo');
    expect(await timeZoneOf([], { BUSINESS_TIME_ZONE: '' })).toBe('Asia/Tokyo');
  });

  it('the environment, if it names a time zone', async () => {
    expect(await timeZoneOf([], { BUSINESS_TIME_ZONE: 'Europe/Madrid' })).toBe('Europe/Madrid');
    await expect(timeZoneOf([], { BUSINESS_TIME_ZONE: 'Mars' })).rejects.toThrow('is not an IANA time zone');
  });

  it('the command line, before both', async () => {
    const zone = ['--time-zone', 'Asia/Kolkata'];
    expect(await timeZoneOf(zone, { BUSINESS_TIME_ZONE: 'Europe/Madrid' })).toBe('Asia/Kolkata');
  });

  it('no time zone at all, where none is known', async () => {
    const nowhere = join(directory, 'none.toml');
    await expect(parseReconcileOptions([], UPSTASH, nowhere)).rejects.toThrow('BUSINESS_TIME_ZONE');
  });
});

it('npm run reconcile on a data directory takes the time zone of the system there', async () => {
  const options = await parseReconcileOptions(['--data-dir', 'shop'], UPSTASH, '/nowhere/wrangler.toml');
  expect(options).toMatchObject({ dataDir: resolve('shop'), timeZone: null });
});
