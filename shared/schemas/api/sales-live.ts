import { z } from 'zod';
import { SLOTS_PER_DAY } from '../../calendar/tick.ts';
import { isoDateSchema } from '../catalog.ts';
import { freshnessFields, unitsSchema } from './freshness.ts';

/** Body of GET /v1/sales/live: all stores and families together. */
export const salesLiveBodySchema = z
  .object({
    business_date: isoDateSchema.meta({ description: 'The business day in progress.' }),
    ...freshnessFields,
    lag_ms: z.int().min(0).meta({
      description: 'Age of the oldest entry of the stream that waits to be counted; 0 when none waits.',
    }),
    units_today: unitsSchema.meta({ description: 'Units sold today in the finished slots.' }),
    slots: z
      .array(unitsSchema)
      .max(SLOTS_PER_DAY)
      .meta({ description: "Units since the day's start at the end of each finished five-minute slot." }),
    comparison: z
      .object({
        date: isoDateSchema,
        units_same_time: unitsSchema.meta({ description: 'Units up to the same time of that day.' }),
        units_day: unitsSchema.meta({ description: 'Units of that whole day.' }),
        slots: z
          .array(unitsSchema)
          .length(SLOTS_PER_DAY)
          .meta({ description: 'Units since its start at the end of each of its 288 slots.' }),
      })
      .nullable()
      .meta({ description: 'The same weekday a week earlier; null where its slots are not known.' }),
    ratio: z
      .number()
      .min(0)
      .nullable()
      .meta({ description: 'units_today / units_same_time; null where there is nothing to divide by.' }),
  })
  .meta({
    id: 'SalesLive',
    example: {
      business_date: '2026-11-22',
      as_of: '2026-11-22T05:10:00.000Z',
      watermark: '1795324200000-0',
      lag_ms: 0,
      units_today: 24.5,
      slots: [10, 24.5],
      comparison: {
        date: '2026-11-15',
        units_same_time: 20,
        units_day: 2880,
        slots: Array.from({ length: SLOTS_PER_DAY }, (_, slot) => (slot + 1) * 10),
      },
      ratio: 1.225,
    },
  });
export type SalesLiveBody = z.infer<typeof salesLiveBodySchema>;
