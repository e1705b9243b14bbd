import { z } from 'zod';
import { closuresSchema } from './closures.ts';
import { familySchema, storeNbrSchema } from './series.ts';

export const isoDateSchema = z.iso.date();

export const storeSchema = z.object({
  store_nbr: storeNbrSchema,
  city: z.string(),
  state: z.string(),
  type: z.string(),
  cluster: z.int(),
});
export type Store = z.infer<typeof storeSchema>;

/** One row of holidays_events.csv: `locale_name` is a country, a state or a city, as `locale` says. */
export const holidaySchema = z.object({
  date: isoDateSchema,
  type: z.enum(['Holiday', 'Event', 'Additional', 'Transfer', 'Bridge', 'Work Day']),
  locale: z.enum(['National', 'Regional', 'Local']),
  locale_name: z.string(),
  description: z.string(),
  transferred: z.boolean(),
});
export type Holiday = z.infer<typeof holidaySchema>;

export const oilPriceSchema = z.object({ date: isoDateSchema, price: z.number().positive() });
export type OilPrice = z.infer<typeof oilPriceSchema>;

/**
 * What the edge must know of a dataset besides its sales; R2 `dataset/catalog.json`.
 *
 * Dates are plain dates. `shift_days` says by how many days the source's dates were moved forward (a whole number
 * of weeks); calendar features undo it, so that a payday stays a payday.
 */
export const catalogSchema = z.object({
  schema_version: z.literal(1),
  dataset: z.string(),
  shift_days: z.int(),
  /** First day of the whole dataset; the history at the edge may start later. */
  first_date: isoDateSchema,
  /** First business day that arrives live; every earlier day is closed history. */
  live_from: isoDateSchema,
  /** Last day that can be replayed, or the day before `live_from` when nothing is replayed. */
  last_date: isoDateSchema,
  has_tickets: z.boolean(),
  stores: z.array(storeSchema).min(1),
  families: z.array(familySchema).min(1),
  /** Every series, `store_nbr:family`, in the order of the columns of day sheets and plans. */
  series: z.array(z.string()).min(1),
  holidays: z.array(holidaySchema),
  oil: z.array(oilPriceSchema),
  /** Days on which stores are foreseen to be shut; left out by builds that did not know of them. */
  closures: closuresSchema.optional(),
});
export type Catalog = z.infer<typeof catalogSchema>;
