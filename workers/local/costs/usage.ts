import type { Resource } from './plans.ts';

/** Amounts of what plans limit; what is not named is not used. */
export type Usage = Readonly<Partial<Record<Resource, number>>>;

/** What was measured at one size. */
export interface Measurements {
  /** A five-minute cycle: producer, aggregator, and the records of both. */
  readonly cycle: Usage;
  /** What closing a day takes beyond a cycle. */
  readonly dayClose: Usage;
  /** One forecast of one series. */
  readonly forecast: Usage;
  /** One minute of a dashboard that somebody looks at. */
  readonly dashboardMinute: Usage;
  /** What is held when retention is full. */
  readonly held: Usage;
}

/** How much is asked of the system in a day. */
export interface Demand {
  readonly forecasts: number;
  readonly dashboardMinutes: number;
}

const CYCLES_PER_DAY = 288;

/** What a day takes, and what is held all the time. */
export function usageOfDay(
  { cycle, dayClose, forecast, dashboardMinute, held }: Measurements,
  { forecasts, dashboardMinutes }: Demand,
): Usage {
  return sum([
    times(cycle, CYCLES_PER_DAY),
    dayClose,
    times(forecast, forecasts),
    times(dashboardMinute, dashboardMinutes),
    held,
  ]);
}

export function times(usage: Usage, factor: number): Usage {
  return Object.fromEntries(Object.entries(usage).map(([resource, amount]) => [resource, amount * factor]));
}

export function sum(usages: readonly Usage[]): Usage {
  const total: Partial<Record<Resource, number>> = {};
  for (const usage of usages) {
    for (const [resource, amount] of Object.entries(usage) as [Resource, number][]) {
      total[resource] = (total[resource] ?? 0) + amount;
    }
  }
  return total;
}
