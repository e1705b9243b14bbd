import { createRoute } from '@hono/zod-openapi';
import { HORIZON } from '../../../shared/features/index.ts';
import { catalogBodySchema } from '../../../shared/schemas/api/catalog.ts';
import {
  defineOperation,
  entityTag,
  isNotModified,
  jsonContent,
  notModified,
  notModifiedResponse,
  problemResponses,
} from '../openapi/operation.ts';
import type { ApiContext } from '../queries/context.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/catalog',
  tags: ['catalog'],
  operationId: 'getCatalog',
  summary: 'Stores, families and dates of the dataset',
  description: 'Every store with its attributes, every family, and every series that is sold.',
  responses: {
    200: jsonContent(catalogBodySchema, 'The catalog.'),
    ...notModifiedResponse,
    ...problemResponses('not-ready', 'store-unavailable'),
  },
});

export const catalog = ({ requireCatalog, clock }: ApiContext) =>
  defineOperation(route, async (c) => {
    const { etag, value } = await requireCatalog();
    if (isNotModified(c, entityTag('catalog', etag), 'public, max-age=60')) return notModified(c);
    const { dataset, first_date, live_from, last_date, shift_days, stores, families, series } = value;
    const dates = { first_date, live_from, last_date, shift_days };
    const clockFields = { business_time_zone: clock.timeZone, horizon: HORIZON };
    return c.json({ dataset, ...clockFields, ...dates, stores, families, series }, 200);
  });
