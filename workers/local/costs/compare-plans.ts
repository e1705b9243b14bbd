import type { Limit, Plans, Resource } from './plans.ts';
import { type Demand, type Measurements, type Usage, usageOfDay } from './usage.ts';

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
  /** What uses most of it, and its share of it. */
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
