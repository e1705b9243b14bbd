import { z } from 'zod';
import { familySchema, givenStoreNbrSchema } from './series-schema.ts';

const dateSchema = z.iso.date();

/** `closures.csv` has this reason on days on which a store is open, whatever its sales suggest. */
export const OPEN = 'open';

/** Days, both ends included, on which a store sells nothing because it is shut. */
const closureIntervalSchema = z.object({
  store_nbr: givenStoreNbrSchema,
  from: dateSchema,
  /** null: until further notice. */
  to: dateSchema.nullable(),
  /** `holiday`, `closed`, or what a person has given. */
  reason: z.string().min(1).max(80),
  /** Stated by a person; everything else is inferred from sales and gives way to later sales. */
  declared: z.boolean(),
});
export type ClosureInterval = z.infer<typeof closureIntervalSchema>;

/** Weekdays that a store takes off regularly. */
const weeklyDaysOffSchema = z.object({
  store_nbr: givenStoreNbrSchema,
  /** ISO weekdays, 1..7. */
  weekdays: z.array(z.int().min(1).max(7)).min(1),
  /** First day that the rule holds for. */
  from: dateSchema,
});

/** The closures of every store, as far as they are foreseen. */
export const closuresSchema = z.object({
  intervals: z.array(closureIntervalSchema),
  weekly: z.array(weeklyDaysOffSchema),
});
export type Closures = z.infer<typeof closuresSchema>;

export const isoDateSchema = z.iso.date();

export const storeSchema = z.object({
  store_nbr: givenStoreNbrSchema,
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
 * What the edge must know of a dataset besides its sales; `dataset/catalog.json` of a publication.
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
  /** Every series, `store:family`, in the order of the columns of day sheets and plans. */
  series: z.array(z.string()).min(1),
  holidays: z.array(holidaySchema),
  oil: z.array(oilPriceSchema),
  /** Days on which stores are foreseen to be shut; left out by builds that did not know of them. */
  closures: closuresSchema.optional(),
});
export type Catalog = z.infer<typeof catalogSchema>;
