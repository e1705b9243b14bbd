import { createRoute } from '@hono/zod-openapi';
import { readyBodySchema } from '../../../shared/schemas/api/health.ts';
import type { ApiContext } from '../context.ts';
import { defineOperation } from '../openapi/operation.ts';
import { jsonContent, problemResponses } from '../openapi/responses.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import { readComponentStates } from '../readings/component-states.ts';

const readyRoute = createRoute({
  method: 'get',
  path: '/v1/ready',
  tags: ['health'],
  summary: 'Whether every question can be answered',
  description: '200 once the catalog is there, a model is loaded and the history of every store is imported.',
  responses: { 200: jsonContent(readyBodySchema, 'Everything is there.'), ...problemResponses('not-ready') },
});

export const ready = (context: ApiContext) =>
  defineOperation(readyRoute, async (c) => {
    const components = await readComponentStates(context);
    const missing = components.filter(({ status }) => status === 'missing' || status === 'unavailable');
    if (missing.length > 0) {
      const detail = missing.map((state) => `${state.component}: ${state.detail}`).join('; ');
      throw new ApiProblem('not-ready', detail, { missing });
    }
    c.header('Cache-Control', 'no-store');
    return c.json({ status: 'ready' } as const, 200);
  });
