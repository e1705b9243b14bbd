import { z } from 'zod';
import { isoDateSchema } from '../catalog.ts';
import { familySchema, storeNbrSchema } from '../series-schema.ts';
import { freshnessFields, unitsSchema } from './freshness.ts';
import { formatParameter, optionalIntegerParameter, seriesParameters } from './parameters.ts';

export const salesDailyQuerySchema = z.strictObject({
  ...seriesParameters,
  days: optionalIntegerParameter({
    min: 1,
    max: 400,
    fallback: 90,
    example: 90,
    description: 'How many finished days to go back.',
  }),
  ...formatParameter,
});

const onpromotionSchema = z.int().min(0).meta({ description: 'Items of the family on promotion.' });

export const dailyPointSchema = z
  .object({
    date: isoDateSchema,
    units: unitsSchema.nullable().meta({ description: 'null: not known, which is not the same as 0.' }),
    onpromotion: onpromotionSchema,
  })
  .meta({ id: 'DailyPoint' });

/** Body of GET /v1/sales/daily. */
export const salesDailyBodySchema = z
  .object({
    store_nbr: storeNbrSchema,
    family: familySchema,
    ...freshnessFields,
    points: z.array(dailyPointSchema).meta({
      description: 'Finished days, oldest first, without gaps; fewer where the history is shorter.',
    }),
    today: z
      .object({
        date: isoDateSchema,
        units: unitsSchema,
        onpromotion: onpromotionSchema,
        complete: z.literal(false),
      })
      .meta({ description: 'The day in progress, up to `as_of`.' }),
  })
  .meta({
    id: 'SalesDaily',
    example: {
      store_nbr: '44',
      family: 'GROCERY I',
      as_of: '2026-11-22T19:35:00.000Z',
      watermark: '1795376100000-0',
      points: [
        { date: '2026-11-20', units: 8342.5, onpromotion: 31 },
        { date: '2026-11-21', units: null, onpromotion: 0 },
      ],
      today: { date: '2026-11-22', units: 5120, onpromotion: 12, complete: false },
    },
  });
export type SalesDailyBody = z.infer<typeof salesDailyBodySchema>;
