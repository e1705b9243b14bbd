import { SLOTS_PER_DAY } from '../../../shared/calendar/tick.ts';
import type { Limit, Plans, Resource } from './plans.ts';

/** Amounts of the resources that plans limit; an absent one is not used. */
export type Usage = Readonly<Partial<Record<Resource, number>>>;

/** The measurements at one size. */
export interface Measurements {
  /** A five-minute cycle: producer, aggregator, and the records of both. */
  readonly cycle: Usage;
  /** Usage of closing a day, beyond a cycle. */
  readonly dayClose: Usage;
  /** One forecast of one series. */
  readonly forecast: Usage;
  /** One minute of an open dashboard. */
  readonly dashboardMinute: Usage;
  /** Amounts held at full retention. */
  readonly held: Usage;
}

/** Demand on the system in a day. */
export interface Demand {
  readonly forecasts: number;
  readonly dashboardMinutes: number;
}

/** Usage of a day, and amounts held permanently. */
export function usageOfDay(
  { cycle, dayClose, forecast, dashboardMinute, held }: Measurements,
  { forecasts, dashboardMinutes }: Demand,
): Usage {
  return sum([
    times(cycle, SLOTS_PER_DAY),
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

const DAYS_PER_MONTH = 30;

/** One limit, and how much of it is used. */
export interface LimitUse {
  readonly resource: Resource;
  readonly what: string;
  readonly per: Limit['per'];
  readonly used: number;
  readonly free: number;
  /** 1: the free amount is used up. */
  readonly share: number;
  /** The plan that is needed, null while the free one is enough. */
  readonly needs: string | null;
  /** Dollars a month for the amount beyond what that plan includes; 0 while the free one is enough. */
  readonly usd: number;
  /** The largest user of it, and its share. */
  readonly dominatedBy: { readonly part: string; readonly share: number } | null;
}

/** Every limit that a deployment touches, the most used first. */
export function comparePlans(plans: Plans, measured: Measurements, demand: Demand): readonly LimitUse[] {
  const usage = usageOfDay(measured, demand);
  return plans.limits
    .filter(({ resource }) => (usage[resource] ?? 0) > 0)
    .map((limit) => useOf(limit, usage, measured, demand))
    .sort((a, b) => b.share - a.share);
}

function useOf(limit: Limit, usage: Usage, measured: Measurements, demand: Demand): LimitUse {
  const { resource, what, per, free, next, price } = limit;
  const ofDay = usage[resource] ?? 0;
  const used = per === 'month' ? ofDay * DAYS_PER_MONTH : ofDay;
  const ofMonth = per === 'held' ? ofDay : ofDay * DAYS_PER_MONTH;
  const isFree = used <= free;
  return {
    resource,
    what,
    per,
    used,
    free,
    share: used / free,
    needs: isFree ? null : next,
    usd: isFree ? 0 : (Math.max(0, ofMonth - price.included) / price.per) * price.usd,
    dominatedBy: dominating(resource, measured, demand),
  };
}

function dominating(resource: Resource, measured: Measurements, demand: Demand): LimitUse['dominatedBy'] {
  const none = { forecasts: 0, dashboardMinutes: 0 };
  const empty = { cycle: {}, dayClose: {}, forecast: {}, dashboardMinute: {}, held: {} };
  const parts = (Object.keys(empty) as (keyof Measurements)[]).map((part) => {
    const alone = usageOfDay({ ...empty, [part]: measured[part] }, part === 'cycle' ? none : demand);
    return { part, amount: alone[resource] ?? 0 };
  });
  const total = parts.reduce((all, { amount }) => all + amount, 0);
  const [largest] = parts.sort((a, b) => b.amount - a.amount);
  return largest && total > 0 ? { part: largest.part, share: largest.amount / total } : null;
}
