import { z } from 'zod';
import { isoDateSchema } from './catalog.ts';

const planesSchema = z.int().min(0).max(7);

/**
 * What stands at the start of R2 `forecasts/<origin>/<version>.bin.gz`: the forecasts of every series from one origin by
 * one model, 4 values for each of `horizon` days, in whole milli-units (a forecast of the API times 1000).
 *
 * The object is gzipped. Unpacked it is: the length of this header in bytes (4, little-endian), the header as JSON in
 * UTF-8, and the columns `p50`, `below` (p50 - p10), `above` (p90 - p50) and `over` (mean - p50), one after the other.
 * A column has one value for each series and day, series by series in the order of `series`, days h = 1..`horizon`; of
 * p50 the days after the seventh are less the value seven days before. Values are zigzag coded (0, -1, 1, -2, ...) and
 * split into as many byte planes as `planes` says: the lowest bytes of all values, then the next, and so on. So nearly
 * all of the entropy lies in the first planes, and gzip makes little of the rest.
 */
export const batchForecastsHeaderSchema = z.object({
  schema_version: z.literal(1),
  model_version: z.string().min(1),
  dataset: z.string(),
  /** Last closed day: what was known when the forecasts were made. */
  origin: isoDateSchema,
  horizon: z.int().min(1).max(366),
  /** `store_nbr:family` */
  series: z.array(z.string()).min(1),
  planes: z.object({ p50: planesSchema, below: planesSchema, above: planesSchema, over: planesSchema }),
});
export type BatchForecastsHeader = z.infer<typeof batchForecastsHeaderSchema>;
