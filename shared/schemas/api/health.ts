import { z } from 'zod';

export const COMPONENTS = ['store', 'catalog', 'model', 'history', 'forecasts'] as const;
export type Component = (typeof COMPONENTS)[number];

export const componentStateSchema = z
  .object({
    component: z.enum(COMPONENTS),
    status: z.enum(['ok', 'degraded', 'missing', 'unavailable']),
    detail: z.string(),
  })
  .meta({ id: 'ComponentState' });
export type ComponentState = z.infer<typeof componentStateSchema>;

/** Body of GET /v1/health: the process answers, and this is the state of what it depends on. */
export const healthBodySchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    version: z.string(),
    components: z.array(componentStateSchema),
  })
  .meta({
    id: 'Health',
    example: {
      status: 'ok',
      version: '0.1.0',
      components: [{ component: 'store', status: 'ok', detail: 'watermark 1795376100000-0' }],
    },
  });
export type HealthBody = z.infer<typeof healthBodySchema>;

/** Body of GET /v1/ready once everything is there; before, it is the problem `not-ready`. */
export const readyBodySchema = z
  .object({ status: z.literal('ready') })
  .meta({ id: 'Ready', example: { status: 'ready' } });
