import Table from 'cli-table3';
import type { MeasuredSize } from './measure-sizes.ts';
import type { Demand, LimitUse, Usage } from './usage.ts';

const PARTS: Readonly<Record<string, string>> = {
  cycle: 'five-minute cycles',
  dayClose: 'closing days',
  forecast: 'forecasts',
  dashboardMinute: 'dashboards',
  held: 'what is kept',
};

export interface SizeCosts {
  readonly size: MeasuredSize;
  readonly demand: Demand;
  readonly uses: readonly LimitUse[];
}

/** Tables for people: the measurements, and each size against the plans. */
export function printCosts(costs: readonly SizeCosts[], write: (line: string) => void): void {
  const measured = new Table({ head: ['measured', 'commands', 'traffic', 'R2 writes', 'R2 reads'] });
  for (const { size } of costs) {
    const { cycle, dayClose, forecast, dashboardMinute } = size.measurements;
    measured.push([`a cycle, ${size.scale} x (at most ${size.mostCommands} commands)`, ...figures(cycle)]);
    if (size.scale > 1) continue;
    measured.push(['closing a day, besides', ...figures(dayClose)]);
    measured.push(['a forecast', ...figures(forecast)]);
    measured.push(['a minute of a dashboard', ...figures(dashboardMinute)]);
  }
  write(measured.toString());
  write('\nThe split deployment, its store in Redis:');
  for (const one of costs) printSize(one, write);
}

/** One size against every limit that it touches. */
export function printSize({ size, demand, uses }: SizeCosts, write: (line: string) => void): void {
  write(
    `\n${size.scale} x: ${54 * size.scale} stores, ${50 * size.scale} transactions every five minutes, ` +
      `${demand.forecasts} forecasts and ${Math.round(demand.dashboardMinutes / 60)} dashboard hours a day`,
  );
  if (size.scaled) write(`Not measured but scaled: ${size.scaled}.`);
  const table = new Table({ head: ['limit', 'used', 'free plan', 'share', 'mostly', 'beyond it'] });
  for (const { what, resource, per, used, free, share, needs, usd, dominatedBy } of uses) {
    const show = resource.endsWith('_bytes') ? bytes : count;
    table.push([
      what.replace(', bytes', ''),
      `${show(used)}${per === 'held' ? '' : ` a ${per}`}`,
      show(free),
      `${(share * 100).toFixed(1)} %`,
      dominatedBy ? `${PARTS[dominatedBy.part]} (${Math.round(dominatedBy.share * 100)} %)` : '',
      needs ? `${needs}: ${usd.toFixed(2)} USD a month` : 'free',
    ]);
  }
  write(table.toString());
  const [most] = uses;
  const total = uses.reduce((all, { usd }) => all + usd, 0);
  if (most && most.share <= 1) {
    write(
      `Free. ${most.what.replace(', bytes', '')} come nearest to the limit: the next plan starts at ${(1 / most.share).toFixed(1)} times this use.`,
    );
  } else {
    const names = [...new Set(uses.flatMap(({ needs }) => (needs ? [needs] : [])))];
    write(`Needs ${names.join('; ')}: ${total.toFixed(2)} USD a month by use.`);
  }
}

function figures({ redis_commands, redis_traffic_bytes, r2_writes, r2_reads }: Usage): string[] {
  return [
    count(redis_commands ?? 0),
    bytes(redis_traffic_bytes ?? 0),
    count(r2_writes ?? 0),
    count(r2_reads ?? 0),
  ];
}

function count(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toFixed(1)));
}

function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  return `${(value / 1e3).toFixed(1)} KB`;
}
