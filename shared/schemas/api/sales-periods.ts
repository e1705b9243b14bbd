import { z } from 'zod';
import { isoDateSchema } from '../catalog.ts';
import { familySchema, storeNbrSchema } from '../series-schema.ts';
import { freshnessFields, unitsSchema } from './freshness.ts';
import { formatParameter, optionalIntegerParameter, seriesParameters } from './parameters.ts';

export const salesWeeklyQuerySchema = z.strictObject({
  ...seriesParameters,
  weeks: optionalIntegerParameter({
    min: 1,
    max: 104,
    fallback: 13,
    example: 13,
    description: 'How many ISO weeks to go back, the one in progress included.',
  }),
  ...formatParameter,
});

export const salesMonthlyQuerySchema = z.strictObject({
  ...seriesParameters,
  months: optionalIntegerParameter({
    min: 1,
    max: 36,
    fallback: 12,
    example: 12,
    description: 'How many months to go back, the one in progress included.',
  }),
  ...formatParameter,
});

const periodFields = {
  from: isoDateSchema.meta({ description: 'First day of the period.' }),
  to: isoDateSchema.meta({ description: 'Last day of the period.' }),
  units: unitsSchema.nullable().meta({ description: 'Sum of the days that are known; null where none is.' }),
  complete: z
    .boolean()
    .meta({ description: 'Every day of the period is over, and its sales are known or its store was shut.' }),
};

export const weeklyPointSchema = z
  .object({
    week: z
      .string()
      .regex(/^\d{4}-W\d{2}$/)
      .meta({ description: 'ISO week.' }),
    ...periodFields,
  })
  .meta({ id: 'WeeklyPoint' });

export const monthlyPointSchema = z
  .object({ month: z.string().regex(/^\d{4}-\d{2}$/), ...periodFields })
  .meta({ id: 'MonthlyPoint' });

const periodsDescription = 'Oldest first; fewer where the history is shorter.';

/** Body of GET /v1/sales/weekly. */
export const salesWeeklyBodySchema = z
  .object({
    store_nbr: storeNbrSchema,
    family: familySchema,
    ...freshnessFields,
    points: z.array(weeklyPointSchema).meta({ description: periodsDescription }),
  })
  .meta({
    id: 'SalesWeekly',
    example: {
      store_nbr: '44',
      family: 'GROCERY I',
      as_of: '2026-11-22T19:35:00.000Z',
      watermark: '1795376100000-0',
      points: [
        { week: '2026-W46', from: '2026-11-09', to: '2026-11-15', units: 58_210.25, complete: true },
        { week: '2026-W47', from: '2026-11-16', to: '2026-11-22', units: 49_006, complete: false },
      ],
    },
  });
export type SalesWeeklyBody = z.infer<typeof salesWeeklyBodySchema>;

/** Body of GET /v1/sales/monthly. */
export const salesMonthlyBodySchema = z
  .object({
    store_nbr: storeNbrSchema,
    family: familySchema,
    ...freshnessFields,
    points: z.array(monthlyPointSchema).meta({ description: periodsDescription }),
  })
  .meta({
    id: 'SalesMonthly',
    example: {
      store_nbr: '44',
      family: 'GROCERY I',
      as_of: '2026-11-22T19:35:00.000Z',
      watermark: '1795376100000-0',
      points: [
        { month: '2026-10', from: '2026-10-01', to: '2026-10-31', units: 251_300, complete: true },
        { month: '2026-11', from: '2026-11-01', to: '2026-11-30', units: 177_040.5, complete: false },
      ],
    },
  });
export type SalesMonthlyBody = z.infer<typeof salesMonthlyBodySchema>;
