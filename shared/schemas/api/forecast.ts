import { z } from 'zod';
import { isoDateSchema } from '../catalog.ts';
import { familySchema, storeNbrSchema } from '../series-schema.ts';
import { freshnessFields, unitsSchema } from './freshness.ts';
import { PROBLEM_CODES } from './problem.ts';

const cumulativeSchema = z
  .object({
    mean: unitsSchema.meta({ description: 'Expected units: the sum of the means of the days.' }),
    p10: unitsSchema,
    p50: unitsSchema,
    p90: unitsSchema.meta({
      description:
        'Stock that covers a lead time of h days nine times out of ten; less than the sum of the p90 of the days.',
    }),
  })
  .meta({
    id: 'CumulativeDemand',
    description:
      'Units of the days from the origin up to this one together; p10 <= p50 <= p90, none falls with h.',
  });

export const forecastPointSchema = z
  .object({
    date: isoDateSchema,
    h: z.int().min(1).meta({ description: 'Days after the origin.' }),
    mean: unitsSchema.meta({
      description:
        'Expected units: what is sold on average; above p50 where demand is skewed, and within p10 and p90.',
    }),
    p10: unitsSchema.meta({
      description:
        'Units that demand reaches on nine days of ten; whole where the series sells whole units only.',
    }),
    p50: unitsSchema.meta({ description: 'The median: the point that the backtest scores by RMSLE.' }),
    p90: unitsSchema.meta({ description: 'Units that demand exceeds on one day of ten.' }),
    source: z.enum(['model', 'peers', 'history']).meta({
      description:
        'The source of the forecast. model: the model. peers: sales of similar series, shrunk to the known days ' +
        'of this one, which is new. history: the usual sales of the series, because the forecast of the model was implausible.',
    }),
    onpromotion: z.int().min(0).meta({
      description: 'Items on promotion that are planned for the day; 0 where nothing is planned yet.',
    }),
    cumulative: cumulativeSchema.nullable().meta({
      description:
        'Demand of days 1..h together; null in a stale forecast, and for a model that was made before it was calibrated for that.',
    }),
    holidays: z
      .array(z.string())
      .optional()
      .meta({
        description:
          "Names of the day's holidays and events at the store's place. Left out on days without. Where dates are moved in " +
          'time, a holiday keeps its name and weekday, and its date is a few days off.',
      }),
    closed: z
      .string()
      .optional()
      .meta({
        description:
          'Why the store is shut on the day, which makes its forecast 0: `day-off`, `holiday`, `closed` (until further ' +
          'notice), or the reason given in closures.csv. Left out on open days.',
      }),
  })
  .meta({ id: 'ForecastPoint' });
export type ForecastPoint = z.infer<typeof forecastPointSchema>;

/** Body of GET /v1/forecasts. */
export const forecastBodySchema = z
  .object({
    store_nbr: storeNbrSchema,
    family: familySchema,
    origin: isoDateSchema.meta({ description: 'Last finished day; nothing sold after it is used.' }),
    model_version: z.string(),
    stale: z
      .string()
      .optional()
      .meta({
        description:
          'Why the forecast is an earlier one: this build can load no model of those that were published, so what the last ' +
          'training run forecast answers. Left out as a rule.',
      }),
    ...freshnessFields,
    points: z
      .array(forecastPointSchema)
      .meta({ description: 'One per day after the origin; p10 <= p50 <= p90.' }),
  })
  .meta({
    id: 'Forecast',
    example: {
      store_nbr: '44',
      family: 'GROCERY I',
      origin: '2026-11-21',
      model_version: '2026-11-21T03-00-00Z',
      as_of: '2026-11-22T19:35:00.000Z',
      watermark: '1795376100000-0',
      points: [
        {
          date: '2026-11-22',
          h: 1,
          mean: 8421.3,
          p10: 7010.2,
          p50: 8388.9,
          p90: 9904.6,
          source: 'model',
          onpromotion: 31,
          cumulative: { mean: 8421.3, p10: 7010.2, p50: 8388.9, p90: 9904.6 },
        },
        {
          date: '2026-11-23',
          h: 2,
          mean: 6880.4,
          p10: 5702.1,
          p50: 6851.7,
          p90: 8120.3,
          source: 'model',
          onpromotion: 28,
          cumulative: { mean: 15301.7, p10: 13104.9, p50: 15240.8, p90: 17480.2 },
        },
      ],
    },
  });
export type ForecastBody = z.infer<typeof forecastBodySchema>;

const forecastErrorSchema = z
  .object({
    index: z.int().min(0).meta({ description: 'Place of the series in the request, from 0.' }),
    store_nbr: storeNbrSchema,
    family: familySchema,
    code: z.enum(PROBLEM_CODES),
    detail: z.string(),
  })
  .meta({ id: 'ForecastError' });
export type ForecastError = z.infer<typeof forecastErrorSchema>;

/** Body of POST /v1/forecasts/batch. */
export const forecastsBodySchema = z
  .object({
    forecasts: z.array(forecastBodySchema).meta({ description: 'In the order of the request.' }),
    errors: z.array(forecastErrorSchema).meta({ description: 'Of the series that cannot be forecast.' }),
  })
  .meta({
    id: 'Forecasts',
    example: {
      forecasts: [forecastBodySchema.meta()?.example as z.infer<typeof forecastBodySchema>],
      errors: [
        {
          index: 1,
          store_nbr: '44',
          family: 'BOOKS',
          code: 'unknown-family',
          detail: 'No family is called "BOOKS"; GET /v1/catalog lists them all',
        },
      ],
    },
  });
export type ForecastsBody = z.infer<typeof forecastsBodySchema>;
