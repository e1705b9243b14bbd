import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSampleApi } from '../../support/api/sample-api.ts';
import { HOSTILE_FAMILIES, HOSTILE_STORES } from '../../support/ids/hostile-ids.ts';
import { browserFound, launchBrowser } from '../../support/processes/browser.ts';
import { problem, type StubSite, serveStub } from './stub-api.ts';
import { catalogBody, liveBody, pipelineBody } from './stub-bodies.ts';

const root = fileURLToPath(new URL('../../../dashboard', import.meta.url));

if (!browserFound)
  console.warn('No browser at /usr/bin/chromium or $CHROMIUM: the tests of the page are skipped');

describe.skipIf(!browserFound)('the dashboard in a browser', () => {
  let directory: string;
  let browser: Browser;
  let site: StubSite;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
    await build({ root, logLevel: 'error', build: { outDir: directory, emptyOutDir: true } });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    site = await serveStub(directory);
  });

  afterEach(async () => {
    await page?.context().close();
    await site.close();
  });

  async function open(
    query = '',
    options: BrowserContextOptions = {},
    prepare: (page: Page) => Promise<unknown> = async () => {},
  ): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(site.address)) complaints.push(`asked ${request.url()}`);
    });
    await prepare(page);
    await page.goto(site.address + query);
  }

  const card = (title: string) => page.getByRole('region', { name: title });
  const picker = (name: RegExp) => page.getByRole('button', { name });
  const query = () => new URL(page.url()).searchParams;
  /** Waits until the page shows an element. */
  const shows = (text: string | RegExp, within = page.locator('body')) =>
    within.getByText(text).first().waitFor({ timeout: 20_000 });
  /** Like `expect`, but waits until it holds. */
  const soon = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });
  const rows = (count: number) => soon(() => card('Forecast').getByRole('row').count()).toBe(count);

  it('shows sales, forecast, accuracy and pipeline, with requests to its own server only', async () => {
    await open();
    await shows('491,469', card('Sales today'));
    await shows('+6.7%', card('Sales today'));
    await shows('Next 16 days', card('Forecast'));
    await shows('5 of 6', card('Accuracy in backtest'));
    await shows('8 of 8 stores imported', card('Pipeline'));
    await shows('Sun 22 Nov 2026', page.getByRole('banner'));
    await shows('14:35', page.getByRole('banner'));
    await soon(() => site.asked).toContain('/v1/forecasts?store_nbr=44&family=GROCERY+I');
    expect(complaints).toEqual([]);
  });

  it('has one main heading, landmarks, and charts with text alternatives', async () => {
    await open();
    await shows('Next 16 days');
    await soon(() => page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await soon(() => page.getByRole('main').count()).toBe(1);
    await soon(() => page.getByRole('banner').count()).toBe(1);
    const charts = () =>
      page.getByRole('img').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    await soon(charts).toEqual([
      expect.stringMatching(/^491,469 units sold on Sun 22 Nov until 14:35, 6.7% more than/),
      expect.stringMatching(/^62 days of sales, .* Forecast from Sun 22 Nov to Mon 7 Dec: /),
    ]);
    await soon(() => page.locator('[aria-live=polite]').textContent()).toContain('491,469 units sold');
  });

  it('updates as the day proceeds', async () => {
    await open('', { reducedMotion: 'reduce' });
    await shows('491,469');
    await shows('Next 16 days');
    const asked = (path: string) => site.asked.filter((one) => one.startsWith(path)).length;
    const [daily, forecasts] = [asked('/v1/sales/daily'), asked('/v1/forecasts')];
    site.routes['/v1/sales/live'] = () => ({ body: liveBody(1) });
    await shows('14:40', card('Sales today'));
    await soon(() => page.locator('.ticking').textContent()).not.toBe('491,469');
    // New sales refresh the day in progress; the forecast, which today's sales do not change, is not requested again.
    await soon(() => asked('/v1/sales/daily')).toBe(daily + 1);
    expect(asked('/v1/forecasts')).toBe(forecasts);
  });

  it('opens the selection of a shared link', async () => {
    await open('?store=2&family=DAIRY&table=1');
    await shows('Store 2');
    await rows(17);
    await soon(() => site.asked).toContain('/v1/forecasts?store_nbr=2&family=DAIRY');
  });

  it('works by keyboard: arrows step, typing searches, the back button goes back', async () => {
    await open();
    await picker(/^Store/).focus();
    await page.keyboard.press('ArrowRight');
    await shows('Store 45');
    await soon(() => query().get('store')).toBe('45');

    await picker(/^Family/).focus();
    await page.keyboard.type('dai');
    await page.keyboard.press('Enter');
    await page.waitForURL(/family=DAIRY/);
    await soon(() => page.evaluate(() => document.activeElement?.textContent)).toContain('DAIRY');

    await page.keyboard.press('ArrowDown');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('Escape');
    await soon(() => page.getByRole('listbox').count()).toBe(0);

    await page.goBack();
    await shows('GROCERY I');
    await soon(() => query().get('store')).toBe('45');
  });

  it('shows, finds and links stores and families as they are written', async () => {
    site.routes['/v1/catalog'] = () => ({
      body: catalogBody({ stores: HOSTILE_STORES, families: HOSTILE_FAMILIES }),
    });
    await open();
    const asked = (storeNbr: string, family: string) =>
      `/v1/forecasts?${new URLSearchParams({ store_nbr: storeNbr, family })}`;
    const choose = async (name: RegExp, typed: string, chosen: string) => {
      await picker(name).focus();
      await page.keyboard.type(typed);
      await page.getByRole('listbox').waitFor();
      await page.getByRole('option', { name: chosen }).first().click();
    };
    await choose(/^Store/, 'rich', 'Zürich, HB');
    await choose(/^Family/, 'wurst', 'Käse, Wurst');
    await soon(() => site.asked).toContain(asked('Zürich, HB', 'Käse, Wurst'));
    await soon(() => query().get('store')).toBe('Zürich, HB');
    await page.reload();
    await shows('Store Zürich, HB');
    const pairs = [
      ['007', 'a:b'],
      ['a:b', '"quoted"'],
      ['"q"', '🍞 & 🥖'],
      ['🍎', 'לחם'],
      ['שלום', '100% juice'],
      ['__proto__', 'toString'],
      ['50%25', 'bread/rolls'],
      ['../up', '__proto__'],
    ] as const;
    for (const [store, family] of pairs) {
      site.asked.length = 0;
      await page.goto(`${site.address}?${new URLSearchParams({ store, family })}`);
      await soon(() => site.asked).toContain(asked(store, family));
      expect(await picker(/^Store/).textContent()).toContain(store);
      expect(await picker(/^Family/).textContent()).toContain(family);
      await shows('Next 16 days', card('Forecast'));
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows another family if the store does not sell the selected one', async () => {
    await open('?store=1&family=GROCERY%20I');
    await shows('AUTOMOTIVE', card('Forecast'));
    await soon(() => site.asked).toContain('/v1/forecasts?store_nbr=1&family=AUTOMOTIVE');
  });

  it('steps through the chart day by day', async () => {
    await open();
    const cursor = card('Forecast').getByRole('slider');
    await cursor.focus();
    await soon(() => cursor.getAttribute('aria-valuetext')).toMatch(/^Sun 22 Nov, .* sold so far, forecast/);
    await page.keyboard.press('ArrowRight');
    await soon(() => cursor.getAttribute('aria-valuetext')).toMatch(/^Mon 23 Nov, forecast 9,410/);
    await shows('Mon 23 Nov 2026', page.locator('.tooltip'));
    await page.keyboard.press('Escape');
    await soon(() => page.locator('.tooltip').count()).toBe(0);
  });

  it('lists the forecast in a table whose state is part of the link', async () => {
    await open();
    await page.getByRole('button', { name: 'Show table' }).click();
    await rows(17);
    await soon(() => query().get('table')).toBe('1');
    await page.getByRole('button', { name: 'Hide table' }).click();
    await rows(0);
    await soon(() => query().has('table')).toBe(false);
  });

  it('links to the forecast of the chosen series as CSV', async () => {
    await open();
    const link = page.getByRole('link', { name: 'Download CSV' });
    const address = new URL((await link.getAttribute('href')) ?? '', page.url());
    expect(address.pathname).toBe('/v1/forecasts');
    const chosen = { store_nbr: '44', family: 'GROCERY I' };
    expect(Object.fromEntries(address.searchParams)).toEqual({ ...chosen, format: 'csv' });
  });

  it('shows the progress of the import, then the numbers', async () => {
    const ready = { ...site.routes };
    for (const path of Object.keys(site.routes))
      site.routes[path] = () => problem('not-ready', 'history: 3 of 8 stores');
    site.routes['/v1/pipeline'] = () => ({
      body: pipelineBody({
        as_of: null,
        compacted_through: null,
        history_import: { stores_imported: 3, stores_total: 8, complete: false },
      }),
    });
    await open();
    await shows('3 of 8 stores imported', card('Sales today'));
    await shows('3 of 8 stores imported', card('Forecast'));
    await soon(() => page.getByRole('alert').count()).toBe(0);
    Object.assign(site.routes, ready);
    await shows('491,469');
    await shows('Next 16 days');
  });

  it('contains the failure of a card, explains it, and retries on request', async () => {
    const { '/v1/models/champion': champion } = site.routes;
    site.routes['/v1/models/champion'] = () => problem('store-unavailable', 'No answer within 5 s.');
    site.routes['/v1/pipeline'] = () => 'silence';
    await open();
    await shows('491,469');
    await shows('Next 16 days');
    const failed = card('Accuracy in backtest').getByRole('alert');
    await shows('The feature store or the object store does not answer', failed);
    await shows('No answer within 5 s.', failed);
    await soon(() => card('Pipeline').getAttribute('aria-busy')).toBe('true');
    if (champion) site.routes['/v1/models/champion'] = champion;
    await failed.getByRole('button', { name: 'Try again' }).click();
    await shows('5 of 6', card('Accuracy in backtest'));
  });

  it('shows sales without a forecast', async () => {
    site.routes['/v1/forecasts'] = () => problem('model-mismatch', 'The hash differs.');
    await open();
    await shows('No forecast.', card('Forecast'));
    const label = await card('Forecast').getByRole('img').getAttribute('aria-label');
    expect(label).toMatch(/days of sales.*No forecast\.$/);
  });

  it('reports a lost network, keeps the numbers, and recovers by itself', async () => {
    await open('', { reducedMotion: 'reduce' });
    await shows('491,469');
    await page.context().setOffline(true);
    await shows('No network.');
    await shows('Offline', page.getByRole('banner'));
    await shows('491,469');
    site.routes['/v1/sales/live'] = () => ({ body: liveBody(1) });
    await page.context().setOffline(false);
    await shows('14:40', card('Sales today'));
    await soon(() => page.getByText('No network.').count()).toBe(0);
  });

  it.each([360, 390, 768, 1280, 1920])('fits a screen %i pixels wide', async (width) => {
    await open('?table=1', {
      viewport: { width, height: 800 },
      colorScheme: width % 20 === 0 ? 'dark' : 'light',
    });
    await shows('Next 16 days');
    await shows('5 of 6');
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(excess).toBeLessThanOrEqual(0);
    // Texts of a chart stay inside their card.
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll('.chart text')]
        .filter((text) => {
          const box = text.getBoundingClientRect();
          const frame = text.closest('.card')?.getBoundingClientRect();
          return !frame || box.left < frame.left || box.right > frame.right;
        })
        .map((text) => text.textContent),
    );
    expect(outside).toEqual([]);
  });

  /** Lets the real API answer, over stores in memory; `statuses` of the addresses that were asked. */
  const withRealApi = async () => {
    const { app } = await createSampleApi();
    const statuses = new Map<string, number>();
    const answer = async (route: Route) => {
      const { pathname, search } = new URL(route.request().url());
      const response = await app.request(pathname + search);
      statuses.set(pathname, response.status);
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      });
    };
    const prepare = (opened: Page) =>
      Promise.all([opened.route('**/v1/**', answer), opened.route('**/openapi.json', answer)]);
    return { statuses, prepare };
  };

  it('documents the API on a page of its own, on which its operations can be tried', async () => {
    const { statuses, prepare } = await withRealApi();
    await open('v1/docs', {}, prepare);
    const operation = page.locator('#operations-sales-getWeeklySales');
    await shows('Weekly sales of one series', operation);
    await operation.getByRole('button').first().click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await soon(() => statuses.get('/v1/sales/weekly')).toBe(200);
    await shows('Response body', operation);
    expect(complaints).toEqual([]);
  });

  it("works with the real API, not only with this test's stub", async () => {
    const { statuses, prepare } = await withRealApi();
    await open('?store=45&family=DAIRY', {}, prepare);
    await shows('Next 16 days', card('Forecast'));
    await shows('Relative error (RMSLE)', card('Accuracy in backtest'));
    await shows('2 of 2 stores imported', card('Pipeline'));
    await shows('14:35', card('Sales today'));
    expect([...statuses.keys()].toSorted()).toEqual([
      '/v1/catalog',
      '/v1/forecasts',
      '/v1/models/champion',
      '/v1/pipeline',
      '/v1/sales/daily',
      '/v1/sales/live',
    ]);
    expect([...new Set(statuses.values())]).toEqual([200]);
    expect(complaints).toEqual([]);
  });

  it('is small: less than half of the budget of 120 KB of script, gzipped', () => {
    const scripts = readdirSync(join(directory, 'assets')).filter((name) => name.endsWith('.js'));
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(directory, 'assets', name))).byteLength);
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  });
});
