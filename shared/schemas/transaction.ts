import { z } from 'zod';
import { namedRecord } from './named-record.ts';
import { FAMILY_RULES, numberOfStore, readFamily, readStoreNbr, STORE_NBR_RULES } from './series.ts';
import { familySchema, givenStoreNbrSchema } from './series-schema.ts';

/** Quantities are kept as whole thousandths of a unit, so that sums are exact. */
export type MilliUnits = number;

/** More than this in one transaction is a typing or scaling error, not a sale. */
export const MAX_UNITS_PER_TRANSACTION = 1_000_000;

/** More than this at one store in one batch is a typing or scaling error; sums of many such counts stay exact. */
export const MAX_TICKETS_PER_BATCH = 1_000_000_000;

/** Lines of a receipt are counted; six digits are also what EDIFACT has for the number of a line item. */
export const MAX_LINE = 999_999;

const unitsSchema = z
  .number()
  .min(0)
  .max(MAX_UNITS_PER_TRANSACTION)
  .refine(
    (units) => Math.abs(units * 1000 - Math.round(units * 1000)) < 1e-6,
    'has more than three decimals',
  );

/**
 * One sale of one product family at one store. `ts` is event time, in milliseconds since the epoch. Store, `id` and
 * `line` name it; `line` is left out where the id is the transaction's own.
 */
export const transactionSchema = z.strictObject({
  id: z.string().min(1).max(120),
  ts: z.int().min(0),
  store_nbr: givenStoreNbrSchema,
  family: familySchema,
  units: unitsSchema,
  onpromotion: z.int().min(0).max(65_535),
  line: z.int().min(0).max(MAX_LINE).optional(),
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
  tickets: namedRecord(z.int().min(0).max(MAX_TICKETS_PER_BATCH)).optional(),
});

export interface TransactionBatch {
  readonly transactions: readonly Transaction[];
  /** store_nbr to the number of tickets in the span of the batch. */
  readonly tickets?: Readonly<Record<string, number>>;
}

export function toMilliUnits(units: number): MilliUnits {
  return Math.round(units * 1000);
}

const FIELDS = ['id', 'ts', 'store_nbr', 'family', 'units', 'onpromotion', 'line'] as const;

/** Where a row breaks the contract: in one of its fields, by a field that it should not have, or altogether. */
export type TransactionFault = (typeof FIELDS)[number] | 'extra' | 'row';

interface Refusal {
  readonly fault: TransactionFault;
  /** For people; begins with the field's name where there is one. */
  readonly reason: string;
}

/**
 * The rules of `transactionSchema`, by hand: in a fresh isolate the schema's own parser takes 5 ms for the fifty rows
 * of a batch, half of what the free plan gives to a whole run. A test holds the two together.
 *
 * @returns the transaction, or why it is none, naming the field.
 */
export function checkTransaction(row: unknown): { readonly transaction: Transaction } | Refusal {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return { fault: 'row', reason: 'is not an object' };
  }
  const { id, ts, store_nbr, family, units, onpromotion, line } = row as Partial<Record<string, unknown>>;
  if (typeof id !== 'string' || id.length < 1 || id.length > 120) {
    return refusal('id', 'must be a text of 1 to 120 characters');
  }
  if (!isWhole(ts, 0, Number.MAX_SAFE_INTEGER)) {
    return refusal('ts', 'must be whole milliseconds since 1970-01-01');
  }
  const storeNbr = readStoreNbr(store_nbr);
  if (storeNbr === null) return refusal('store_nbr', STORE_NBR_RULES.given);
  const name = readFamily(family);
  if (name === null) return refusal('family', FAMILY_RULES.text);
  if (!isUnits(units)) {
    return refusal(
      'units',
      `must be a number in 0..${MAX_UNITS_PER_TRANSACTION} with at most three decimals`,
    );
  }
  if (!isWhole(onpromotion, 0, 65_535)) return refusal('onpromotion', 'must be a whole number in 0..65535');
  if (line !== undefined && !isWhole(line, 0, MAX_LINE)) {
    return refusal('line', `must be a whole number in 0..${MAX_LINE}, or left out`);
  }
  const unknown = unknownFieldOf(row);
  if (unknown !== null) return { fault: 'extra', reason: `${unknown}: is not a field of a transaction` };
  // A literal, not a copy of the row: it costs least where a thousand of them are checked for the first time.
  const transaction = { id, ts, store_nbr: storeNbr, family: name, units, onpromotion } as Transaction;
  return { transaction: line === undefined ? transaction : { ...transaction, line: Number(line) } };
}

/** The first field of a row that a transaction does not have; null where there is none. */
export function unknownFieldOf(row: object): string | null {
  return Object.keys(row).find((key) => !FIELDS.some((field) => field === key)) ?? null;
}

/** A transaction as it stands in the stream: a store whose id is a whole number is written as that number. */
export function toStreamRow(transaction: Transaction): object {
  const digits = numberOfStore(transaction.store_nbr);
  return digits === null ? transaction : { ...transaction, store_nbr: digits };
}

/** The payload of a stream entry: the same batch always gives the same text. */
export function writeBatch({ transactions, tickets }: TransactionBatch): string {
  return JSON.stringify({ transactions: transactions.map(toStreamRow), tickets });
}

function refusal(fault: TransactionFault, rule: string): Refusal {
  return { fault, reason: `${fault}: ${rule}` };
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}

function isUnits(value: unknown): boolean {
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_UNITS_PER_TRANSACTION)) return false;
  return Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6;
}
