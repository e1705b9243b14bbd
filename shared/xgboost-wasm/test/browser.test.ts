import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { page } from './browser-page.ts';

const root = new URL('..', import.meta.url);
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

function answer(path: string): { type: string; body: string | Buffer } | undefined {
  if (path === '/') return { type: 'text/html', body: page };
  if (path === '/zoo.json.gz') {
    return {
      type: 'application/gzip',
      body: readFileSync(new URL('zoo/golden/xgboost-3.4.1.json.gz', root)),
    };
  }
  const type = TYPES[extname(path)];
  if (type === undefined || !path.startsWith('/dist/') || path.includes('..')) return undefined;
  return { type, body: readFileSync(new URL(`.${path}`, root)) };
}

// The test needs a browser; CHROMIUM names one in another location, REQUIRE_SERVICES makes it mandatory.
describe.skipIf(browser === undefined && process.env.REQUIRE_SERVICES === undefined)(
  'inside headless Chromium',
  () => {
    let server: Server;
    beforeAll(async () => {
      server = createServer((request, response) => {
        const found = answer(request.url ?? '/');
        if (found === undefined) response.writeHead(404).end();
        else response.writeHead(200, { 'content-type': found.type }).end(found.body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => server.close());

    it('predicts the zoo bit-identically, with its own kernels and with a URL', async () => {
      const instance = await chromium.launch({ executablePath: browser ?? '', args: ['--no-sandbox'] });
      try {
        const tab = await instance.newPage();
        const result = new Promise<string>((resolve, reject) => {
          tab.on('console', (message) => {
            if (message.text().startsWith('RESULT ')) resolve(message.text().slice(7));
          });
          tab.on('pageerror', reject);
        });
        await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        expect(JSON.parse(await result)).toEqual({ cases: 78, bad: [] });
      } finally {
        await instance.close();
      }
    }, 60_000);
  },
);
