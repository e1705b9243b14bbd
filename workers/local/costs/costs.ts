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
import { measureEmbedded } from './measure-embedded.ts';
import {
  embeddedSizes,
  type MeasuredSize,
  measureReference,
  measureScaled,
  REFERENCE,
} from './measure-sizes.ts';
import { type CostsOptions, parseCostsOptions } from './options.ts';
import { readPlans } from './plans.ts';
import { printCosts, printSize, type SizeCosts } from './print-costs.ts';

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
    const embedded = await steps.run('Standalone deployment measured', () =>
      measureEmbedded(ROOT, REFERENCE),
    );
    const toCosts = (size: MeasuredSize): SizeCosts => {
      const demand = {
        forecasts: options.forecasts * size.scale,
        dashboardMinutes: options.dashboardHours * 60 * size.scale,
      };
      return { size, demand, uses: comparePlans(plans, size.measurements, demand) };
    };
    const costs = sizes.map(toCosts);
    printCosts(costs, write);
    write('\nThe standalone deployment, its store in a Durable Object:');
    const standalone = embeddedSizes(embedded, [1, ...LARGER.map(({ scale }) => scale)]).map(toCosts);
    for (const one of standalone) printSize(one, write);
    write(`Limits as of ${plans.read_on}: ${Object.values(plans.sources).join(', ')}`);
    if (options.json) {
      write(JSON.stringify({ limits_read_on: plans.read_on, split: costs, standalone }));
    }
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
