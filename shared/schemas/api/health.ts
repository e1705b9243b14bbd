import { z } from 'zod';

export const COMPONENTS = [
  'store',
  'history',
  'catalog',
  'model',
  'forecasts',
  'pipeline',
  'backlog',
  'writes',
  'clock',
  'continuity',
] as const;
export type Component = (typeof COMPONENTS)[number];

export const componentStateSchema = z
  .object({
    component: z.enum(COMPONENTS).meta({
      description:
        '`store`, `history`, `catalog`, `model`: what every answer needs; `forecasts`: whether any had to be replaced; ' +
        '`pipeline`: the scheduled runs; `backlog`: sales that wait to be counted; `writes`: whether deliveries can be ' +
        'stored; `clock`: whether the stream is ahead of it; `continuity`: whether the store is the one that was there before.',
    }),
    status: z.enum(['ok', 'degraded', 'failing', 'missing', 'unavailable']).meta({
      description:
        '`degraded`: it works, but not as it should; `failing`: it failed three times in a row; `missing`: not there yet; ' +
        '`unavailable`: it cannot be read, or did not answer within 3 s.',
    }),
    detail: z.string(),
    fix: z.string().optional().meta({ description: 'What to do about it.' }),
  })
  .meta({ id: 'ComponentState' });
export type ComponentState = z.infer<typeof componentStateSchema>;

/** The last run of a scheduled process. */
const processStateSchema = z
  .object({
    process: z.enum(['producer', 'aggregator']),
    scheduled_at: z.iso.datetime().nullable().meta({ description: 'The tick that the last run was for.' }),
    finished_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When it ended; null before the first run.' }),
    outcome: z.enum(['ok', 'failed']).nullable(),
    detail: z.string().meta({ description: 'The outcome in one word, or why it failed.' }),
    failures_in_a_row: z.int().min(0),
  })
  .meta({ id: 'ProcessState' });
export type ProcessState = z.infer<typeof processStateSchema>;

/** Body of GET /v1/health: the process answers, and this is the state of what it depends on. */
export const healthBodySchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'failing']).meta({
      description:
        '`failing`: a component failed three times in a row and needs somebody; `degraded`: any other is not ok.',
    }),
    ready: z.boolean().meta({ description: 'Whether GET /v1/ready answers 200.' }),
    version: z.string(),
    components: z.array(componentStateSchema),
    processes: z.array(processStateSchema).nullable().meta({ description: 'null when they cannot be read.' }),
    backlog: z
      .object({
        entries: z.int().min(0),
        rows: z.int().min(0),
        oldest_at: z.iso.datetime().nullable(),
        age_ms: z.int().min(0).meta({ description: 'Age of the oldest entry; 0 when none waits.' }),
      })
      .nullable()
      .meta({ description: 'What waits to be counted; null when the store does not answer.' }),
    last_write_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When a run or a delivery last wrote to the store; null when none is known.' }),
    publication: z
      .object({
        id: z.string(),
        answers: z.enum(['model', 'batch']).meta({
          description: '`batch`: the forecasts made with the publication answer, as no model can be loaded.',
        }),
        model: z.string().nullable(),
        newest_model: z
          .string()
          .nullable()
          .meta({ description: 'Model of the newest publication, if it is known.' }),
        not_newest_because: z
          .string()
          .nullable()
          .meta({ description: 'Why the newest publication does not answer; null when it does.' }),
      })
      .nullable()
      .meta({ description: 'The publication that answers; null when none does.' }),
  })
  .meta({
    id: 'Health',
    example: {
      status: 'ok',
      ready: true,
      version: '0.1.0',
      components: [{ component: 'store', status: 'ok', detail: 'watermark 1795376100000-0' }],
      processes: [
        {
          process: 'aggregator',
          scheduled_at: '2026-11-22T19:35:00.000Z',
          finished_at: '2026-11-22T19:35:01.250Z',
          outcome: 'ok',
          detail: 'aggregated',
          failures_in_a_row: 0,
        },
      ],
      backlog: { entries: 0, rows: 0, oldest_at: null, age_ms: 0 },
      last_write_at: '2026-11-22T19:35:01.250Z',
      publication: {
        id: '2026-11-22T07-10-00Z',
        answers: 'model',
        model: '2026-11-21.1',
        newest_model: '2026-11-21.1',
        not_newest_because: null,
      },
    },
  });
export type HealthBody = z.infer<typeof healthBodySchema>;

/** Body of GET /v1/ready once everything is there; before, it is the problem `not-ready`. */
export const readyBodySchema = z
  .object({ status: z.literal('ready') })
  .meta({ id: 'Ready', example: { status: 'ready' } });
