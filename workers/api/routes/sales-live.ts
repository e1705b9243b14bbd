import { createRoute } from '@hono/zod-openapi';
import { at, last } from '../../../shared/at.ts';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { daySlots, finishedWallSlots, SLOTS_PER_DAY, slotField } from '../../../shared/calendar/tick.ts';
import { salesLiveBodySchema } from '../../../shared/schemas/api/sales-live.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ApiContext } from '../queries/context.ts';
import { freshnessOf, lagOf, positionOf } from '../queries/stream-position.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/sales/live',
  tags: ['sales'],
  operationId: 'getLiveSales',
  summary: 'Sales of the day in progress',
  description:
    'Units sold today in all stores, slot by slot, with the same weekday a week earlier at the same time of day.',
  responses: {
    200: jsonContent(salesLiveBodySchema, 'Sales of today so far.'),
    ...problemResponses('not-ready', 'store-unavailable'),
  },
});

export const salesLive = ({ store, clock, now }: ApiContext) =>
  defineOperation(route, async (c) => {
    const status = await store.status();
    if (status.liveFrom === null) throw historyMissing();
    const position = positionOf(status.watermark, status.liveFrom, clock);
    const finishedToday = finishedWallSlots(clock, daySlots(clock, position.businessDay), position.asOf);
    // After midnight the day just closed is shown until the first five minutes of the next are counted.
    const isMidnight = position.watermark !== null && finishedToday === 0;
    const day = isMidnight ? position.businessDay - 1 : position.businessDay;
    const [today, weekAgo] = await Promise.all([
      store.readBucket('sales_intraday', toIsoDate(day)),
      store.readBucket('sales_intraday', toIsoDate(day - 7)),
    ]);

    const finished = isMidnight ? SLOTS_PER_DAY : finishedToday;
    const slots = cumulativeUnits(today.fields).slice(0, finished);
    const unitsToday = finished === 0 ? 0 : last(slots);
    const earlier = Object.keys(weekAgo.fields).length > 0 ? cumulativeUnits(weekAgo.fields) : null;
    const unitsSameTime = earlier && finished > 0 ? at(earlier, finished - 1) : 0;
    c.header('Cache-Control', 'no-store');
    return c.json(
      {
        business_date: toIsoDate(day),
        ...freshnessOf(position),
        lag_ms: lagOf(status, now()),
        units_today: unitsToday,
        slots,
        comparison: earlier && {
          date: toIsoDate(day - 7),
          units_same_time: unitsSameTime,
          units_day: last(earlier),
          slots: earlier,
        },
        ratio: unitsSameTime > 0 ? unitsToday / unitsSameTime : null,
      },
      200,
    );
  });

/**
 * @param fields slot `000`..`287` to milli-units, as in a bucket of `sales_intraday`; an absent slot sold nothing
 * @returns units since the day's start at the end of each of the 288 slots; summed as integers
 */
export function cumulativeUnits(fields: Readonly<Record<string, number>>): number[] {
  let milliUnits = 0;
  return Array.from({ length: SLOTS_PER_DAY }, (_, slot) => {
    milliUnits += fields[slotField(slot)] ?? 0;
    return milliUnits / 1000;
  });
}

/** The problem `not-ready` of a feature store whose history has not been opened. */
export function historyMissing(): ApiProblem {
  const detail = 'The history has not been opened yet';
  return new ApiProblem('not-ready', `${detail}; the next runs of the aggregator import it`, {
    missing: [{ component: 'history', status: 'missing', detail }],
  });
}
