import { z } from 'zod';
import { familySchema, storeNbrSchema } from './series.ts';

/** Quantities are kept as whole thousandths of a unit, so that sums are exact. */
export type MilliUnits = number;

/** More than this in one transaction is a typing or scaling error, not a sale. */
export const MAX_UNITS_PER_TRANSACTION = 1_000_000;

/** More than this at one store in one batch is a typing or scaling error; sums of many such counts stay exact. */
export const MAX_TICKETS_PER_BATCH = 1_000_000_000;

const unitsSchema = z
  .number()
  .min(0)
  .max(MAX_UNITS_PER_TRANSACTION)
  .refine(
    (units) => Math.abs(units * 1000 - Math.round(units * 1000)) < 1e-6,
    'has more than three decimals',
  );

/** One sale of one product family at one store. `ts` is event time, in milliseconds since the epoch. */
export const transactionSchema = z.strictObject({
  id: z.string().min(1).max(120),
  ts: z.int().min(0),
  store_nbr: storeNbrSchema,
  family: familySchema,
  units: unitsSchema,
  onpromotion: z.int().min(0).max(65_535),
});

export type Transaction = z.infer<typeof transactionSchema>;

/**
 * The payload of one stream entry: the transactions of one tick and the tickets (customer receipts) counted at
 * each store in the same span. Rows are checked one by one by the aggregator, hence `unknown` here: one bad row
 * must not lose its neighbours.
 *
 * @public
 */
export const transactionBatchSchema = z.object({
  transactions: z.array(z.unknown()),
  tickets: z.record(z.string().regex(/^\d+$/), z.int().min(0).max(MAX_TICKETS_PER_BATCH)).optional(),
});

export interface TransactionBatch {
  readonly transactions: readonly Transaction[];
  /** store_nbr to the number of tickets in the span of the batch. */
  readonly tickets?: Readonly<Record<string, number>>;
}

export function toMilliUnits(units: number): MilliUnits {
  return Math.round(units * 1000);
}
