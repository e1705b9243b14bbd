import { Command, InvalidArgumentError } from 'commander';

export interface CostsOptions {
  /** Forecasts that are asked for in a day, at the reference size. */
  readonly forecasts: number;
  /** Hours a day that one dashboard is looked at, at the reference size. */
  readonly dashboardHours: number;
  readonly json: boolean;
}

function amount(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('Give a number from 0 on.');
  return value;
}

/** Reads the command line; prints help or a usage error and ends the process where commander does. */
export function parseCostsOptions(argv: readonly string[]): CostsOptions {
  return new Command('npm run costs --')
    .description(
      'Measures what the pipeline and the API take on a redis-server on this machine, and compares a month of it with\n' +
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
