/**
 * `npm run costs`: what a month takes, against the free plans.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedisBridge } from '../redis-bridge/redis-bridge.ts';
import { StartError } from '../start-error.ts';
import { createSteps } from '../steps.ts';
import { comparePlans } from './compare-plans.ts';
import { measureReference, measureScaled } from './measure-sizes.ts';
import { type CostsOptions, parseCostsOptions } from './options.ts';
import { readPlans } from './plans.ts';
import { printCosts, type SizeCosts } from './print-costs.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');
/** Larger sizes, and how many cycles of each are measured. */
const LARGER = [
  { scale: 10, cycles: 8 },
  { scale: 100, cycles: 3 },
] as const;

async function main(options: CostsOptions): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const steps = createSteps(write, () => performance.now());
  const plans = await readPlans();
  const directory = await mkdtemp(join(tmpdir(), 'costs-'));
  let bridges = 0;
  const openBridge = () => startRedisBridge({ dataDir: join(directory, String(++bridges)) });
  try {
    const reference = await measureReference(ROOT, openBridge, steps);
    const sizes = [reference];
    for (const { scale, cycles } of LARGER) {
      sizes.push(await measureScaled(scale, cycles, reference.measurements, openBridge, steps));
    }
    const costs = sizes.map((size): SizeCosts => {
      const demand = {
        forecasts: options.forecasts * size.scale,
        dashboardMinutes: options.dashboardHours * 60 * size.scale,
      };
      return { size, demand, uses: comparePlans(plans, size.measurements, demand) };
    });
    printCosts(plans, costs, write);
    if (options.json) write(JSON.stringify({ limits_read_on: plans.read_on, sizes: costs }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

main(parseCostsOptions(process.argv.slice(2))).then(
  () => process.exit(0),
  (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(error instanceof StartError ? `${error.message}\n${error.fix}\n` : `${text}\n`);
    process.exit(1);
  },
);
