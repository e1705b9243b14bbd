import { z } from 'zod';
import { storeNbrSchema } from './series.ts';

const dateSchema = z.iso.date();

/** `closures.csv` has this reason on days on which a store is open, whatever its sales suggest. */
export const OPEN = 'open';

/** Days, both ends included, on which a store sells nothing because it is shut. */
const closureIntervalSchema = z.object({
  store_nbr: storeNbrSchema,
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
  store_nbr: storeNbrSchema,
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
