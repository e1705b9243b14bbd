import { createRoute } from '@hono/zod-openapi';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import {
  type SalesMonthlyBody,
  type SalesWeeklyBody,
  salesMonthlyBodySchema,
  salesMonthlyQuerySchema,
  salesWeeklyBodySchema,
  salesWeeklyQuerySchema,
} from '../../../shared/schemas/api/sales-periods.ts';
import { type SeriesId, seriesKey } from '../../../shared/schemas/series.ts';
import { defineOperation, problemResponses } from '../openapi/operation.ts';
import { formatOf, sendTable, type Table, tableContent } from '../openapi/table.ts';
import type { ApiContext } from '../queries/context.ts';
import { monthsUpTo, type Period, type PeriodSum, sumPeriods, weeksUpTo } from '../queries/period-sums.ts';
import { requireSeries } from '../queries/require-series.ts';
import { freshnessOf, type Position } from '../queries/stream-position.ts';

/** @param period the column with the period's name */
const periodTable = <Body extends SalesWeeklyBody | SalesMonthlyBody>(
  period: 'week' | 'month',
): Table<Body> => ({
  fileName: `sales-${period}ly`,
  columns: ['store_nbr', 'family', period, 'from', 'to', 'units', 'complete', 'as_of'],
  rowsOf: ({ store_nbr, family, as_of, points }) =>
    points.map((point) => ({ store_nbr, family, as_of, ...point })),
});
const WEEKLY = periodTable<SalesWeeklyBody>('week');
const MONTHLY = periodTable<SalesMonthlyBody>('month');

const weeklyRoute = createRoute({
  method: 'get',
  path: '/v1/sales/weekly',
  tags: ['sales'],
  operationId: 'getWeeklySales',
  summary: 'Weekly sales of one series',
  description: 'Sums by ISO week. The week in progress comes last and counts the sales of today so far.',
  request: { query: salesWeeklyQuerySchema },
  responses: {
    200: tableContent(salesWeeklyBodySchema, 'Sales by week.', WEEKLY),
    ...problemResponses(
      'invalid-parameter',
      'unknown-store',
      'unknown-family',
      'unknown-series',
      'not-ready',
      'store-unavailable',
    ),
  },
});

export const salesWeekly = (context: ApiContext) =>
  defineOperation(weeklyRoute, async (c) => {
    const { store_nbr, family, weeks, format: asked } = c.req.valid('query');
    const format = formatOf(c, asked);
    const id = { storeNbr: store_nbr, family };
    const { sums, position } = await readPeriods(context, id, 'sales_weekly', (day) => weeksUpTo(day, weeks));
    const points = sums.map(({ name: week, ...sum }) => ({ week, ...sum }));
    c.header('Cache-Control', 'public, max-age=5');
    return sendTable(c, format, { store_nbr, family, ...freshnessOf(position), points }, WEEKLY);
  });

const monthlyRoute = createRoute({
  method: 'get',
  path: '/v1/sales/monthly',
  tags: ['sales'],
  operationId: 'getMonthlySales',
  summary: 'Monthly sales of one series',
  description:
    'Sums by calendar month. The month in progress comes last and counts the sales of today so far.',
  request: { query: salesMonthlyQuerySchema },
  responses: {
    200: tableContent(salesMonthlyBodySchema, 'Sales by month.', MONTHLY),
    ...problemResponses(
      'invalid-parameter',
      'unknown-store',
      'unknown-family',
      'unknown-series',
      'not-ready',
      'store-unavailable',
    ),
  },
});

export const salesMonthly = (context: ApiContext) =>
  defineOperation(monthlyRoute, async (c) => {
    const { store_nbr, family, months, format: asked } = c.req.valid('query');
    const format = formatOf(c, asked);
    const id = { storeNbr: store_nbr, family };
    const { sums, position } = await readPeriods(context, id, 'sales_monthly', (day) =>
      monthsUpTo(day, months),
    );
    const points = sums.map(({ name: month, ...sum }) => ({ month, ...sum }));
    c.header('Cache-Control', 'public, max-age=5');
    return sendTable(c, format, { store_nbr, family, ...freshnessOf(position), points }, MONTHLY);
  });

/**
 * Reads a series' days and the buckets of the periods that `periodsUpTo` names for the day in progress.
 *
 * @throws {ApiProblem} `unknown-*` or `not-ready`.
 */
export async function readPeriods(
  { closures, requireCatalog, series, store }: ApiContext,
  { storeNbr, family }: SeriesId,
  kind: 'sales_weekly' | 'sales_monthly',
  periodsUpTo: (day: DayNumber) => readonly Period[],
): Promise<{ readonly sums: readonly PeriodSum[]; readonly position: Position }> {
  const catalog = await requireCatalog();
  requireSeries(catalog.value, storeNbr, family);
  const closed = await series.read({ storeNbr, family, isListed: true });
  const { businessDay } = closed.position;
  const periods = periodsUpTo(businessDay);
  const key = seriesKey(storeNbr, family);
  const names = periods.map(({ name }) => name);
  const [buckets, [today]] = await Promise.all([
    store.readField(kind, names, key),
    store.readField('sales_daily', [toIsoDate(businessDay)], key),
  ]);
  const calendar = closures.get(catalog);
  const isShut = (day: DayNumber) => calendar.reasonOf(storeNbr, day) !== null;
  const sums = sumPeriods(closed, periods, { periods: buckets, today: today ?? null }, isShut);
  return { sums, position: closed.position };
}
