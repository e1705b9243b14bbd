import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { virtualEnvironmentForTests } from '../support/processes/virtual-environment.ts';
import { MOTO_PACKAGES } from '../support/stand-ins/moto-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

it('two nights of the nightly run go through against stand-ins, Kaggle among them, and the second fetches nothing again', async (context) => {
  if (!(await virtualEnvironmentForTests('moto', MOTO_PACKAGES))) return context.skip('moto is not there');
  const size = ['--rounds', '20', '--max-rows', '5000', '--threads', '1'];
  const nights = ['test/dry-run/retrain.ts', '--dataset', 'kaggle', '--', ...size];
  const { stdout, stderr } = await run(process.execPath, nights, { cwd: ROOT, maxBuffer: 2 ** 26 });
  expect(stdout).toContain('== 2 nights ended well');
  expect(stdout).toContain('== Kaggle was asked 1 times and sent its archive 1 times');
  expect(stdout).toContain('== Kaggle was asked 2 times and sent its archive 1 times');
  expect(stderr).toContain("Kaggle's files have not changed since");
  expect(stdout).toMatch(/store-sales-time-series-forecasting: 18 series/);
  expect(stdout).toMatch(/## Promoted: \S+ goes into service, the first champion/);
  // The second night rewrites what has changed, not hundreds of objects.
  expect(stdout).toMatch(/dataset: \d objects written, \d{3} unchanged/);
}, 900_000);
