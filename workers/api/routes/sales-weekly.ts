import { createRoute } from '@hono/zod-openapi';
import { salesWeeklyBodySchema, salesWeeklyQuerySchema } from '../../../shared/schemas/api/sales-periods.ts';
import type { ApiContext } from '../context.ts';
import { defineOperation } from '../openapi/operation.ts';
import { jsonContent, problemResponses } from '../openapi/responses.ts';
import { weeksUpTo } from '../readings/periods.ts';
import { freshnessOf } from '../readings/position.ts';
import { readPeriods } from '../readings/read-periods.ts';

const weeklyRoute = createRoute({
  method: 'get',
  path: '/v1/sales/weekly',
  tags: ['sales'],
  summary: 'Weekly sales of one series',
  description: 'Sums by ISO week. The week in progress comes last and counts the sales of today so far.',
  request: { query: salesWeeklyQuerySchema },
  responses: {
    200: jsonContent(salesWeeklyBodySchema, 'Sales by week.'),
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
    const { store_nbr, family, weeks } = c.req.valid('query');
    const id = { storeNbr: store_nbr, family };
    const { sums, position } = await readPeriods(context, id, 'sales_weekly', (day) => weeksUpTo(day, weeks));
    const points = sums.map(({ name: week, ...sum }) => ({ week, ...sum }));
    c.header('Cache-Control', 'public, max-age=5');
    return c.json({ store_nbr, family, ...freshnessOf(position), points }, 200);
  });
