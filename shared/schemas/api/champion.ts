import { z } from 'zod';
import { isoDateSchema } from '../catalog.ts';
import { backtestWindowSchema, scoreSchema } from '../manifest.ts';

/** Body of GET /v1/models/champion: the model that answers now, and why if it is not the newest one. */
export const championBodySchema = z
  .object({
    version: z.string(),
    created_at: z.iso.datetime(),
    promoted_at: z.iso.datetime().nullable(),
    trained_through: isoDateSchema.meta({ description: 'Last day of the training data.' }),
    dataset: z.string(),
    objective: z.string(),
    target: z.string(),
    horizon: z.int(),
    feature_count: z.int(),
    feature_hash: z.string(),
    training_rows: z.int(),
    trees_from: isoDateSchema.optional().meta({
      description:
        'Set while the history is too short for trees and forecasts are exponential smoothing alone: the last day of ' +
        'the shortest one that is long enough.',
    }),
    rounds: z.int(),
    kernel: z.string().meta({ description: 'Inference kernel that the engine chose for the model.' }),
    loaded_at: z.iso.datetime(),
    backtest: z.object({
      pooled: z
        .record(z.string(), scoreSchema)
        .meta({ description: 'Errors over all windows by contender; the model itself is `model`.' }),
      windows: z.array(backtestWindowSchema),
    }),
    degraded: z
      .object({
        newest_version: z
          .string()
          .nullable()
          .meta({ description: 'null where not even the pointer can be read.' }),
        reason: z.string(),
      })
      .nullable()
      .meta({
        description: 'Set while a previous model is served because the newest one failed its checks.',
      }),
    previous: z
      .array(z.object({ version: z.string(), promoted_at: z.iso.datetime() }))
      .meta({ description: 'Earlier champions, newest first.' }),
  })
  .meta({
    id: 'Champion',
    example: {
      version: '2026-11-21T03-00-00Z',
      created_at: '2026-11-21T03:00:00.000Z',
      promoted_at: '2026-11-21T03:09:00.000Z',
      trained_through: '2026-11-20',
      dataset: 'favorita',
      objective: 'reg:squarederror',
      target: 'log1p_minus_anchor',
      horizon: 16,
      feature_count: 87,
      feature_hash: 'c0ffee',
      training_rows: 1_204_332,
      rounds: 300,
      kernel: 'simd',
      loaded_at: '2026-11-22T19:36:10.000Z',
      backtest: {
        pooled: {
          model: { rmsle: 0.38, wape: 0.121, bias: -1.2, count: 114_048 },
          seasonal_naive: { rmsle: 0.53, wape: 0.162, bias: 0.4, count: 114_048 },
        },
        windows: [
          {
            origin: '2026-11-04',
            scores: { model: { rmsle: 0.381, wape: 0.12, bias: -0.8, count: 28_512 } },
            coverage80: 0.803,
          },
        ],
      },
      degraded: null,
      previous: [{ version: '2026-11-20T03-00-00Z', promoted_at: '2026-11-20T03:09:00.000Z' }],
    },
  });
export type ChampionBody = z.infer<typeof championBodySchema>;
