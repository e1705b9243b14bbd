import { createRoute } from '@hono/zod-openapi';
import { healthBodySchema } from '../../../shared/schemas/api/health.ts';
import type { ApiContext } from '../context.ts';
import { defineOperation } from '../openapi/operation.ts';
import { jsonContent, problemResponses } from '../openapi/responses.ts';
import { readComponentStates } from '../readings/component-states.ts';
import { API_VERSION } from '../version.ts';

const healthRoute = createRoute({
  method: 'get',
  path: '/v1/health',
  tags: ['health'],
  summary: 'Whether the process answers',
  description: 'Always 200 while the process lives, with the state of everything that it depends on.',
  responses: { 200: jsonContent(healthBodySchema, 'The process answers.'), ...problemResponses() },
});

export const health = (context: ApiContext) =>
  defineOperation(healthRoute, async (c) => {
    const components = await readComponentStates(context);
    const status = components.every((state) => state.status === 'ok') ? 'ok' : 'degraded';
    c.header('Cache-Control', 'no-store');
    return c.json({ status, version: API_VERSION, components } as const, 200);
  });
