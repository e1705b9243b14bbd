import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * Whether to test with a browser; `CHROMIUM` says where it is when it is elsewhere. With `REQUIRE_SERVICES=1` the tests
 * run, and fail, where there is none.
 */
export const browserFound = existsSync(EXECUTABLE) || process.env.REQUIRE_SERVICES === '1';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
