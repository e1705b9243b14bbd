/**
 * `npm run costs`: the usage of a month, against the free plans.
 *
 * @module
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { explainError } from '../../../shared/errors/user-error.ts';
import { createSteps } from '../command-line/steps.ts';
import { startRedisBridge } from '../redis-bridge/redis-bridge.ts';
import { measureEmbedded } from './measure-embedded.ts';
import {
  embeddedSizes,
  type MeasuredSize,
  measureReference,
  measureScaled,
  REFERENCE,
} from './measure-sizes.ts';
import { readPlans } from './plans.ts';
import { printCosts, printSize, type SizeCosts } from './print-costs.ts';
import { comparePlans } from './usage.ts';

export interface CostsOptions {
  /** Forecast requests a day, at the reference size. */
  readonly forecasts: number;
  /** Hours a day that one dashboard is open, at the reference size. */
  readonly dashboardHours: number;
  readonly json: boolean;
}

function amount(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('Give a number of at least 0.');
  return value;
}

/** Parses the command line; commander prints help or a usage error and exits. */
export function parseCostsOptions(argv: readonly string[]): CostsOptions {
  return new Command('npm run costs --')
    .description(
      'Measures the usage of the pipeline and the API on a redis-server on this machine, and compares a month of it with\n' +
        'the free plans of Upstash and Cloudflare, at the reference size and at 10 and 100 times that. Takes minutes.',
    )
    .option('--forecasts <number>', 'forecasts a day at the reference size', amount, 500)
    .option(
      '--dashboard-hours <number>',
      'hours a day that a dashboard is open, at the reference size',
      amount,
      8,
    )
    .option('--json', 'everything as one JSON object on the last line', false)
    .parse(argv, { from: 'user' })
    .opts<CostsOptions>();
}

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
    process.stderr.write(`${explainError(error)}\n`);
    process.exit(1);
  },
);
