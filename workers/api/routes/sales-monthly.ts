import { createRoute } from '@hono/zod-openapi';
import {
  salesMonthlyBodySchema,
  salesMonthlyQuerySchema,
} from '../../../shared/schemas/api/sales-periods.ts';
import type { ApiContext } from '../context.ts';
import { defineOperation } from '../openapi/operation.ts';
import { jsonContent, problemResponses } from '../openapi/responses.ts';
import { monthsUpTo } from '../readings/periods.ts';
import { freshnessOf } from '../readings/position.ts';
import { readPeriods } from '../readings/read-periods.ts';

const monthlyRoute = createRoute({
  method: 'get',
  path: '/v1/sales/monthly',
  tags: ['sales'],
  summary: 'Monthly sales of one series',
  description:
    'Sums by calendar month. The month in progress comes last and counts the sales of today so far.',
  request: { query: salesMonthlyQuerySchema },
  responses: {
    200: jsonContent(salesMonthlyBodySchema, 'Sales by month.'),
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
    const { store_nbr, family, months } = c.req.valid('query');
    const id = { storeNbr: store_nbr, family };
    const { sums, position } = await readPeriods(context, id, 'sales_monthly', (day) =>
      monthsUpTo(day, months),
    );
    const points = sums.map(({ name: month, ...sum }) => ({ month, ...sum }));
    c.header('Cache-Control', 'public, max-age=5');
    return c.json({ store_nbr, family, ...freshnessOf(position), points }, 200);
  });
