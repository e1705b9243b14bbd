import { z } from 'zod';
import { isoDateSchema } from './catalog.ts';
import { givenStoreNbrSchema } from './series-schema.ts';

/** Marks a day without a known value in a milli-units or tickets column. */
export const MISSING = -1;

/**
 * The closed daily history of one store up to the day before `live_from`; see `datasetNames.history`.
 * Every column has one value per day from `first_date` on; `MISSING` (-1) marks a day without a value.
 */
export const historyChunkSchema = z.object({
  store_nbr: givenStoreNbrSchema,
  first_date: isoDateSchema,
  last_date: isoDateSchema,
  tickets: z.array(z.int()).nullable(),
  series: z.array(
    z.object({
      family: z.string(),
      milli_units: z.array(z.int()),
      onpromotion: z.array(z.int().min(0)),
    }),
  ),
});
export type HistoryChunk = z.infer<typeof historyChunkSchema>;
