import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserFound, launchBrowser } from '../support/processes/browser.ts';
import { freePort, type LocalProcess, startLocalProcess } from '../support/processes/local-process.ts';

describe.skipIf(!browserFound)('the running system in a browser', () => {
  let dataDir: string;
  let system: LocalProcess;
  let browser: Browser;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'page-'));
    const size = ['--today', '2026-11-18', '--stores', '6', '--families', '7'];
    [system, browser] = await Promise.all([
      startLocalProcess(['--data-dir', dataDir, '--speed', '4', ...size], await freePort()),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('shows increasing sales, and a forecast of 16 days with its interval', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(`${system.origin}/?store=3&family=BEVERAGES&table=1`);

    const live = page.getByRole('region', { name: 'Sales today' });
    const until = live.getByText(/^all stores, until \d\d:\d\d$/);
    await until.waitFor();
    const before = await until.textContent();
    await expect.poll(() => until.textContent(), { timeout: 60_000 }).not.toBe(before);

    const forecast = page.getByRole('region', { name: 'Forecast' });
    await expect.poll(() => forecast.getByRole('row').count(), { timeout: 30_000 }).toBe(17);
    await forecast.getByText('80% interval (p10 – p90)').waitFor();
    expect(complaints).toEqual([]);
  });
});
